import { resolve } from 'node:path';
import { parseSharedFilter } from '../../broker/shared-filter.ts';
import { version } from '../../package.ts';
import { plugin } from '../plugin.ts';
import { FileWatch } from './file-watch.ts';
import { readRuleFile } from './rule-file.ts';
import { aclInternalSettings, DEFAULT_FILE } from './settings.ts';

const ALARM = 'acl_file_broken';

/** Who may publish and subscribe, by a file of rules, which is read anew when it changes. */
export const aclInternal = plugin({
  name: 'emqx_mod_acl_internal',
  version,
  description: 'ACL by a file of rules',
  // Without it clients would do what it forbids: they are refused while it cannot be loaded at a start.
  type: 'auth',
  settings: aclInternalSettings,
  order: 200,
  isActiveAtFirst: false,
  isPermanent: false,
  async load({ settings, dataDir, alarms, log, recovered }) {
    const path = resolve(dataDir, settings.file);
    const read = await readRuleFile(path, settings.file === DEFAULT_FILE);
    let { book } = read;
    let isUnloaded = false;
    const watch = new FileWatch({
      ...{ path, signature: read.signature },
      async onChange() {
        try {
          // Whoever deletes it does not mean that all is allowed from now on.
          const next = await readRuleFile(path, false);
          if (isUnloaded) return;
          book = next.book;
          alarms.clear(ALARM);
          recovered();
          log.info({ rules: book.size }, 'the ACL file was read anew');
        } catch (fault) {
          if (isUnloaded) return;
          const { message } = fault as Error;
          const summary = `${message}; the rules from before stay in force`;
          alarms.raise({ id: ALARM, severity: 'error', title: 'ACL file cannot be used', summary });
          log.error({ reason: message }, 'the ACL file cannot be used; the rules from before stay in force');
        }
      },
      onFault: (fault) => log.error({ err: fault }, 'changes of the ACL file are not seen until the next load'),
    });
    return {
      hooks: {
        authorizePublish: (client, topic) => book.publish(client, topic),
        authorizeSubscribe: (client, topicFilter) =>
          book.subscribe(client, parseSharedFilter(topicFilter)?.topicFilter ?? topicFilter),
      },
      start() {
        // The file was read: an alarm from before is over.
        alarms.clear(ALARM);
        watch.start();
      },
      unload() {
        isUnloaded = true;
        watch.stop();
        alarms.clear(ALARM);
      },
    };
  },
});
