import { setting } from '../../config/setting.ts';
import * as types from '../../config/setting-types.ts';

/** The file that need not be there: then the rules are those of `DEFAULT_RULES`. */
export const DEFAULT_FILE = 'acl.conf';

export const aclInternalSettings = {
  file: setting({
    path: 'acl.file',
    env: null,
    flag: null,
    type: types.file,
    default: DEFAULT_FILE,
    description: `File of rules, as EMQ X 3 has them in acl.conf, relative to the data folder; only ${DEFAULT_FILE} may be missing.`,
    effect: 'The next PUBLISH or SUBSCRIBE is judged by the rules of that file. Subscriptions stay.',
  }),
};
