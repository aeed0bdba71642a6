import type { Fact } from "./fact";

/** Purposes that rules judge: third parties that a default contacts, media in clear, speech that leaves. */
export type Purpose = "leaks" | "media" | "speech";

interface Demand extends Fact {
  /** Consequence where the demand is not met, as it stands in a message. */
  readonly otherwise: string;
  /** Change that meets the demand. */
  readonly action: string;
}

/** An environment variable that a container must have, or must not have. */
export interface ContainerFact extends Demand {
  /** Last part of the image's name: `jvb` for `registry.example.ch/jitsi/jvb:stable`. */
  readonly image: string;
  /** Variables of which one must be set (`on`: switched on; `set`: not empty). */
  readonly needs?: Readonly<Record<string, "on" | "set">>;
  /** A variable that must have this value, in any case. */
  readonly equals?: readonly [variable: string, value: string];
  /** A variable that must not be set or switched on. */
  readonly without?: string;
  /** The row counts only where this variable is switched on. */
  readonly when?: string;
}

/** A key that a configuration file in YAML or JSON must have, or must not have. */
export interface FileFact extends Demand {
  /** Name of the file, a key of the service's `files`. */
  readonly file: string;
  /** Key in the file; dots lead deeper: `redis.enabled`. */
  readonly key: string;
  /** `set`: not empty; `off`: false; `empty`: an empty list, object or text. */
  readonly must: "set" | "off" | "empty";
  /** Meaning of a key that is not there, by upstream's default. @default "refused" */
  readonly absent?: "accepted" | "refused";
}

/** A component of ours for conferences, whose arguments say how confidential they are. */
export interface ConferenceFact extends Fact {
  /** Type token of the component. */
  readonly type: string;
  /** Name in messages. */
  readonly name: string;
  /** Arguments that need the media in clear when they are on. */
  readonly taps: readonly string[];
}

/** Facts about the containers of one service. */
export interface ServiceFacts extends Readonly<Record<Purpose, readonly (ContainerFact | FileFact)[]>> {
  /** Folder of the service in `components/services/`. */
  readonly service: string;
  /** Words of which one stands in a folder of the images' repositories, above the image's name: `jitsi`. Empty: no row is about an image. */
  readonly folders: readonly string[];
  /** Names of images that no other service has: they count under any folder, as a mirror may choose one. @default none */
  readonly distinct?: readonly string[];
  /** Configuration files, each with the top-level keys by which it is recognised. @default no file */
  readonly files?: Readonly<Record<string, readonly string[]>>;
  /** @default no component for conferences */
  readonly conference?: ConferenceFact;
}
