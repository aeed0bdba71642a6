/** Figures that the worker and its component share. This file imports nothing: it is part of the worker's program. */

/**
 * Flags of Node with which the worker stays small: most of its memory are pieces of sound that live for a moment, and Node clears away late where there is room.
 */
export const nodeFlags: readonly string[] = ["--max-old-space-size=128", "--max-semi-space-size=8"];

/** Most connections of one worker to the database. */
export const databaseConnections = 8;
