import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { signatureOf } from './rule-file.ts';

/** Milliseconds without an event after which a file is looked at: it is seldom written in one piece. */
const SETTLED = 100;
/** Milliseconds after the first of many events: a busy folder is looked at all the same. */
const LONGEST = 500;
/** Milliseconds between two looks whether a folder that is gone is there again. */
const AWAY = 500;

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
  /** Of the first event that was not looked at yet, on the clock that never jumps. */
  #noticedAt = 0;
  #isLooking = false;
  #isStopped = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#signature = options.signature;
  }

  start(): void {
    this.#watch();
    // It may have changed since it was read.
    this.#wait(SETTLED);
  }

  stop(): void {
    this.#isStopped = true;
    this.#watcher?.close();
    if (this.#timer) clearTimeout(this.#timer);
  }

  #watch(): void {
    const { path, onFault } = this.#options;
    this.#watcher?.close();
    this.#watcher = null;
    try {
      this.#watcher = watch(dirname(path), { persistent: false }, () => this.#wait(SETTLED));
      this.#watcher.on('error', onFault);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') this.#wait(AWAY);
      else onFault(fault as Error);
    }
  }

  #wait(delay: number): void {
    if (this.#isStopped) return;
    if (this.#timer) {
      if (performance.now() - this.#noticedAt < LONGEST) this.#timer.refresh();
      return;
    }
    this.#noticedAt = performance.now();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#look();
    }, delay).unref();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return this.#wait(SETTLED);
    this.#isLooking = true;
    // The folder may be another one by now, of which the watch from before would tell nothing.
    this.#watch();
    const signature = await stat(this.#options.path).then(signatureOf, () => null);
    if (signature !== this.#signature && !this.#isStopped) {
      this.#signature = signature;
      await this.#options.onChange();
    }
    this.#isLooking = false;
  }
}
