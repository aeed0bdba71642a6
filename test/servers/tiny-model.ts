/**
 * A language model with weights at random, in llama.cpp's format GGUF version 3 (ggml-org/llama.cpp b11434, docs and gguf-py/gguf/constants.py): its answers are noise, and the
 * server treats them as any other's.
 */

const kinds = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 } as const;

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const uint64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const float32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};
const string = (value: string): Buffer => Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)]);

const entry = (key: string, kind: keyof typeof kinds, value: Buffer): Buffer =>
  Buffer.concat([string(key), uint32(kinds[kind]), value]);
const array = (key: string, kind: keyof typeof kinds, values: readonly Buffer[]): Buffer =>
  entry(key, "array", Buffer.concat([uint32(kinds[kind]), uint64(values.length), ...values]));

/** Kinds of tokens: include/llama.h, llama_token_type. */
const tokenKinds = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

const width = 64;
const heads = 4;
const inner = 128;
const blocks = 1;

const tokens: readonly (readonly [text: string, kind: keyof typeof tokenKinds])[] = [
  ["<unk>", "unknown"],
  ["<s>", "control"],
  ["</s>", "control"],
  ...Array.from(
    { length: 256 },
    (_, byte) => [`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, "byte"] as const,
  ),
  ["\u2581", "normal"],
];

/** Numbers that look like chance and are the same in every run (Numerical Recipes' linear generator). */
function chance(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const aligned = (length: number): number => Math.ceil(length / 32) * 32;

/** Settings of a model. */
export interface TinyModel {
  /** Most tokens that it says it was made to look at. @default 4096 */
  readonly context?: number;
  /**
   * True for one that closes what it opened as soon as it may: a string after one letter, a list at once. Its answers fit any shape that is asked for and are short, and say
   * nothing. @default - at random
   */
  readonly tidy?: boolean;
}

/** Number of a byte's token. */
const tokenOf = (letter: string): number => 3 + letter.charCodeAt(0);
const letterOf = (token: number): string => String.fromCharCode(token - 3);

/** Weights of a tidy model: which token follows is decided by the last one alone, since the blocks between add nothing. */
function tidyWeight(name: string, at: number): number {
  const [token, dimension] = [Math.floor(at / width), at % width];
  if (name === "token_embd.weight") return dimension === 0 || (dimension === 1 && token === tokenOf('"')) ? 1 : 0;
  if (name !== "output.weight") return 0;
  // The end of a string before what may as well stand in it.
  if (dimension === 0) return token === tokenOf('"') ? 3 : "]}:,".includes(letterOf(token)) ? 2 : 0;
  return dimension === 1 && token === tokenOf("a") ? 5 : 0;
}

/** The file. About half a megabyte. */
export function tinyModel({ context = 4_096, tidy = false }: TinyModel = {}): Buffer {
  const template =
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";
  const entries = [
    entry("general.architecture", "string", string("llama")),
    entry("general.name", "string", string("tiny")),
    entry("llama.context_length", "uint32", uint32(context)),
    entry("llama.embedding_length", "uint32", uint32(width)),
    entry("llama.block_count", "uint32", uint32(blocks)),
    entry("llama.feed_forward_length", "uint32", uint32(inner)),
    entry("llama.rope.dimension_count", "uint32", uint32(width / heads)),
    entry("llama.attention.head_count", "uint32", uint32(heads)),
    entry("llama.attention.head_count_kv", "uint32", uint32(heads)),
    entry("llama.attention.layer_norm_rms_epsilon", "float32", float32(1e-5)),
    entry("llama.vocab_size", "uint32", uint32(tokens.length)),
    entry("tokenizer.ggml.model", "string", string("llama")),
    array(
      "tokenizer.ggml.tokens",
      "string",
      tokens.map(([text]) => string(text)),
    ),
    array(
      "tokenizer.ggml.scores",
      "float32",
      tokens.map(() => float32(0)),
    ),
    array(
      "tokenizer.ggml.token_type",
      "int32",
      tokens.map(([, kind]) => uint32(tokenKinds[kind])),
    ),
    entry("tokenizer.ggml.bos_token_id", "uint32", uint32(1)),
    entry("tokenizer.ggml.eos_token_id", "uint32", uint32(2)),
    entry("tokenizer.ggml.unknown_token_id", "uint32", uint32(0)),
    entry("tokenizer.chat_template", "string", string(template)),
  ];
  const matrices: readonly (readonly [name: string, ...shape: number[]])[] = [
    ["token_embd.weight", width, tokens.length],
    ["output_norm.weight", width],
    ["output.weight", width, tokens.length],
    ...Array.from({ length: blocks }, (_, block) =>
      (
        [
          ["attn_norm.weight", width],
          ["attn_q.weight", width, width],
          ["attn_k.weight", width, width],
          ["attn_v.weight", width, width],
          ["attn_output.weight", width, width],
          ["ffn_norm.weight", width],
          ["ffn_gate.weight", width, inner],
          ["ffn_up.weight", width, inner],
          ["ffn_down.weight", inner, width],
        ] as const
      ).map(([name, ...shape]) => [`blk.${block}.${name}`, ...shape] as const),
    ).flat(),
  ];
  const next = chance();
  let offset = 0;
  const infos: Buffer[] = [];
  const data: Buffer[] = [];
  for (const [name, ...shape] of matrices) {
    const values = Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, (_, at) => {
      if (shape.length === 1) return 1;
      return tidy ? tidyWeight(name, at) : next();
    });
    const bytes = Buffer.alloc(aligned(values.byteLength));
    Buffer.from(values.buffer).copy(bytes);
    infos.push(Buffer.concat([string(name), uint32(shape.length), ...shape.map(uint64), uint32(0), uint64(offset)]));
    data.push(bytes);
    offset += bytes.length;
  }
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    uint32(3),
    uint64(matrices.length),
    uint64(entries.length),
    ...entries,
    ...infos,
  ]);
  return Buffer.concat([head, Buffer.alloc(aligned(head.length) - head.length), ...data]);
}
