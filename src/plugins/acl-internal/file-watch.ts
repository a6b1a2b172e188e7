import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { signatureOf } from './rule-file.ts';

/** Milliseconds without an event after which a file is looked at: it is seldom written in one piece. */
const SETTLED = 100;

export interface FileWatchOptions {
  readonly path: string;
  /** Of the file as it is known; null when there was none. */
  readonly signature: string | null;
  /** Told that the file is another one, or gone; not again before it is done. */
  readonly onChange: () => Promise<void>;
  /** Told that changes are not seen from now on. */
  readonly onFault: (fault: Error) => void;
}

/** Looks at a file when something happens in its folder, so that it may be replaced by a rename or by a symbolic link. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  #signature: string | null;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isLooking = false;
  #isStopped = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#signature = options.signature;
  }

  start(): void {
    const { path, onFault } = this.#options;
    try {
      this.#watcher = watch(dirname(path), { persistent: false }, () => this.#wait());
      this.#watcher.on('error', onFault);
    } catch (fault) {
      onFault(fault as Error);
    }
    // It may have changed since it was read.
    this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    this.#watcher?.close();
    if (this.#timer) clearTimeout(this.#timer);
  }

  #wait(): void {
    if (this.#isStopped) return;
    if (this.#timer) this.#timer.refresh();
    else {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        void this.#look();
      }, SETTLED).unref();
    }
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return this.#wait();
    this.#isLooking = true;
    const signature = await stat(this.#options.path).then(signatureOf, () => null);
    if (signature !== this.#signature && !this.#isStopped) {
      this.#signature = signature;
      await this.#options.onChange();
    }
    this.#isLooking = false;
  }
}
