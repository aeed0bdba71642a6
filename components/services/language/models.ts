/** Tokens in a second: of text that it reads, and of text that it writes. */
export interface Speed {
  readonly reads: number;
  readonly writes: number;
}

/** A language model, and what it asks of a host. */
export interface Model {
  /** Name as its makers write it. */
  readonly title: string;
  /** Licence of its weights, and what it says about those who use it in Europe. */
  readonly licence: string;
  /** Makers, and the country that they are in. */
  readonly makers: string;
  /** Weights in the quantisation Q4_K_M, which is meant wherever a size is given. */
  readonly gib: number;
  /** Most tokens that it was made to look at. */
  readonly context: number;
  /** Bytes that one token takes in a server's memory: layers, key and value, heads of them, dimensions, two bytes each. */
  readonly tokenBytes: number;
  /**
   * Assumptions until measured: eight cores of a host, or one graphics processor with room for weights and context. Measure with `llama-bench`, and say so in the plan.
   */
  readonly speed: { readonly cores: Speed; readonly graphics: Speed };
}

/**
 * Models that a plan can name. Figures are of public model cards and files, as search engines of others have them, in November 2026; no weights were at hand where this was
 * written, so their digests are the operator's to give.
 *
 * | claim | source |
 * |---|---|
 * | Mistral Small 3: 23.57 thousand million parameters, 40 layers, 32,768 tokens, Apache 2.0; Q4_K_M 14.4 GB | cards of mistralai/Mistral-Small-24B-Instruct-2501 and of its GGUF files |
 * | Mistral 7B v0.3: 7.25, 32 layers, 32,768 tokens, Apache 2.0; Q4_K_M 4.37 GB | cards of mistralai/Mistral-7B-Instruct-v0.3 and of its GGUF files |
 * | Llama 3.1: community licence; the parties to it are Meta Platforms Ireland for licensees in the EEA and Switzerland; the clause that shuts out the European Union is that of the models that see pictures, from 3.2 on | LICENSE of Llama 3.1 and 3.2, acceptable use policy of 3.2 |
 */
export const models = {
  "mistral-small-24b": {
    title: "Mistral Small 3 24B Instruct (2501)",
    licence: "Apache-2.0: no terms for anybody in particular",
    makers: "Mistral AI, France",
    gib: 14,
    context: 32_768,
    tokenBytes: 40 * 2 * 8 * 128 * 2,
    speed: { cores: { reads: 6, writes: 1.5 }, graphics: { reads: 800, writes: 40 } },
  },
  "mistral-7b": {
    title: "Mistral 7B Instruct v0.3",
    licence: "Apache-2.0: no terms for anybody in particular",
    makers: "Mistral AI, France",
    gib: 5,
    context: 32_768,
    tokenBytes: 32 * 2 * 8 * 128 * 2,
    speed: { cores: { reads: 20, writes: 5 }, graphics: { reads: 2_000, writes: 90 } },
  },
  "llama-3.1-8b": {
    title: "Llama 3.1 8B Instruct",
    licence:
      'Llama 3.1 Community License: "Built with Llama" has to be shown, an acceptable use policy counts, and whoever had more than 700 million users asks first. It binds to a company of the United States\' group; later versions that see pictures are not licensed to anybody in the European Union',
    makers: "Meta, United States",
    gib: 5,
    context: 32_768,
    tokenBytes: 32 * 2 * 8 * 128 * 2,
    speed: { cores: { reads: 18, writes: 4.5 }, graphics: { reads: 1_900, writes: 85 } },
  },
} as const satisfies Readonly<Record<string, Model>>;

/** Name of a model of the table. */
export type ModelName = keyof typeof models;
