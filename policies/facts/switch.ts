import type { Fact } from "./fact";

/**
 * Test of a value. `on`, `off`: switched so; `not on`: off, or not there; `filled`, `empty`: with or without a value; `not named`: no list of host names, each in full;
 * a list: one of these words, in any case; a pattern: what the text looks like.
 */
export type Test = "on" | "off" | "not on" | "filled" | "empty" | "not named" | readonly string[] | RegExp;

/** A program, by what it is recognised in a stack. */
export interface Program {
  /** Name in messages. */
  readonly name: string;
  /** Last parts of its images' names: `prosody` for `registry.example.ch/jitsi/prosody:stable`. @default no image */
  readonly images?: readonly string[];
  /** Words of which one stands above the image's name, or before it with a hyphen. @default the images' names are nobody else's */
  readonly folders?: readonly string[];
  /** Tags of the images that count, where one name stands for several programs. @default all */
  readonly tags?: RegExp;
  /** Configuration in YAML or JSON: keys that stand there together, and in no other program's. @default no file */
  readonly files?: readonly (readonly string[])[];
  /** Types of resources whose inputs are its settings. @default none */
  readonly types?: readonly string[];
}

/** A setting of a program, and the values of it that a rule refuses. */
export interface SwitchFact extends Fact {
  readonly program: Program;
  /** Steps to it: a variable's name; keys of a file or of inputs, in which `*` stands for each member of a list. */
  readonly path: readonly [string, ...string[]];
  readonly refused: Test;
  /** Meaning of a setting that is not there, by upstream's default. @default "accepted" */
  readonly absent?: "refused";
  /** Settings beside it that must fit for the row to count: a variable's name, or keys with dots between them. @default it always counts */
  readonly where?: Readonly<Record<string, Test>>;
  /** Consequence, as it stands in a message. */
  readonly otherwise: string;
  /** Change that resolves it. */
  readonly action: string;
}

/** A line of a text that is no data, in which something is set that a rule refuses. */
export interface SettingLine extends Fact {
  /** Word that the text holds: others are not searched. */
  readonly word: string;
  /** Looked for in each line. Every part of it is bounded, so that no text takes longer than it is long. */
  readonly pattern: RegExp;
  readonly what: string;
  readonly action: string;
}

/** Name under which the command line of a container is asked for, as a variable is. */
export const commandLine = "its command line";
