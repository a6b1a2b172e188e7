/** The kinds of plugins that EMQ X 3.2 tells apart. */
export type PluginType = 'AUTH' | 'PROTOCOL' | 'BACKEND' | 'BRIDGE' | 'FEATURE';

/** A plugin on a node. */
export interface Plugin {
  readonly nodeName: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly type: PluginType;
  readonly active: boolean;
  /** It cannot be unloaded. */
  readonly isPermanent: boolean;
  /** Why it could not be loaded the last time; null when it could, or nobody tried. */
  readonly failure: string | null;
  /** Null while it is not active. */
  readonly loadedAt: number | null;
  /** What it counts while it is active, named in camelCase. */
  readonly figures: readonly { readonly name: string; readonly value: number }[];
}

/** What `emqx_recon` sees of the process of a node. Sizes are in bytes, spans in milliseconds. */
export interface Diagnostics {
  readonly nodeName: string;
  /** Since when it looks. */
  readonly since: number;
  readonly eventLoop: {
    /** From 0 to 1. */
    readonly utilization: number;
    readonly delayMean: number;
    readonly delayP50: number;
    readonly delayP90: number;
    readonly delayP99: number;
    readonly delayMax: number;
  };
  readonly memory: {
    readonly residentSet: number;
    readonly heapTotal: number;
    readonly heapUsed: number;
    readonly heapLimit: number;
    readonly external: number;
    readonly arrayBuffers: number;
    readonly heapSpaces: readonly {
      readonly name: string;
      readonly size: number;
      readonly used: number;
      readonly available: number;
    }[];
  };
  readonly garbageCollections: readonly {
    readonly kind: 'MINOR' | 'MAJOR' | 'INCREMENTAL' | 'WEAK';
    readonly count: number;
    readonly duration: number;
    readonly longest: number;
  }[];
  readonly resources: readonly { readonly type: string; readonly count: number }[];
  /** 0 when unknown. */
  readonly openFiles: number;
  /** Since the process started. */
  readonly cpuUser: number;
  readonly cpuSystem: number;
}

/** What can be done with a plugin. A reload loads one that is not active, too. */
export type PluginDeed = 'load' | 'unload' | 'reload';
