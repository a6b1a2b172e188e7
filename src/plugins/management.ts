import { version } from '../package.ts';
import { plugin } from './plugin.ts';

/** The doors of this program under the names that EMQ X gives them: they are there as long as it runs. */
const door = (name: string, description: string) =>
  plugin({
    name,
    version,
    description,
    type: 'feature',
    settings: {},
    order: 0,
    isActiveAtFirst: true,
    isPermanent: true,
    load: () => ({}),
  });

export const management = door('emqx_management', 'Management API: GraphQL, and REST as EMQ X 3 has it');
export const dashboard = door('emqx_dashboard', 'Dashboard: the same for its users');
