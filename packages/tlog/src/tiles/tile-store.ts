// SPDX-License-Identifier: Apache-2.0

/** Where tiles are read: a folder, an object store, a log's URL. */
export interface TileSource {
  /** The bytes at `path` (`tile/0/000.p/5`), or undefined when nothing is there. They need not be trusted. */
  read(path: string): Promise<Uint8Array | undefined>;
}

export interface TileStore extends TileSource {
  /**
   * Puts bytes where nothing is, in one step: all of them or none. MUST be durable when it resolves, and MUST NOT
   * replace: false when something is there.
   */
  create(path: string, bytes: Uint8Array): Promise<boolean>;
}
