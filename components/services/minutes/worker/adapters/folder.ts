/** An object in the folder of a recording. */
export interface Entry {
  /** Key in the bucket. */
  readonly key: string;
  /** Path below the folder. */
  readonly name: string;
  readonly bytes: number;
}

/** Objects of one recording, by their paths below its folder. */
export interface Folder {
  /** Path in the bucket with a final slash; "" for the bucket itself. */
  readonly prefix: string;
  readonly entries: readonly Entry[];
}

/** Name of the record that lies beside a recording. */
export const companionName = "minutes.json";

/** Endings of files that hold audio. */
const media = /\.(mp4|m4a|webm|mkv|ogg|oga|opus|wav|mp3|aac|flac)$/i;

/** Media files of a folder, in the order of their names. */
export const mediaOf = ({ entries }: Folder): readonly Entry[] =>
  entries.filter(({ name }) => media.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));

export const has = ({ entries }: Folder, name: string): boolean => entries.some((entry) => entry.name === name);
