import * as z from "zod/mini";
import { ask, json } from "./http";
import { Away, Odd } from "./problems";
import type { ModelSettings } from "./speech";

const server = "language";

/** An answer of a model: a value that fits, one that was too long for it, or one that makes no sense. */
export type Spoken<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "long" }
  | { readonly kind: "odd"; readonly why: string };

const chatShape = z.object({
  choices: z
    .array(z.object({ finish_reason: z.nullable(z.string()), message: z.object({ content: z.nullable(z.string()) }) }))
    .check(z.minLength(1)),
});

/** Most tokens of one answer. */
export const mostTokens = 1_500;

/**
 * Asks a model for a value of a shape, by OpenAI's API with a JSON schema. What it answers is checked again: a server may ignore the schema.
 *
 * Seen with llama.cpp's real server: `finish_reason: length` comes with 200 and half a JSON; a constrained answer can end in 500; both are answers here, and no errors.
 *
 * @throws Away when the server cannot be reached or says that it is loading or busy. A time-out is an odd answer: with less to read, the next one may be in time.
 */
export async function speak<T>(
  { url, model, token, seconds }: ModelSettings,
  {
    system,
    user,
    shape,
    name,
  }: { readonly system: string; readonly user: string; readonly shape: z.ZodMiniType<T>; readonly name: string },
): Promise<Spoken<T>> {
  const schema = z.toJSONSchema(shape);
  let answer;
  try {
    answer = await ask(`${url}/v1/chat/completions`, {
      server,
      seconds,
      mostBytes: 4 * 1_048_576,
      expected: [400, 413, 500],
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({
        model,
        messages: [
          { role: "system", content: system },
          { role: "user", content: user },
        ],
        temperature: 0,
        max_tokens: mostTokens,
        stream: false,
        response_format: { type: "json_schema", json_schema: { name, strict: true, schema } },
      }),
    });
  } catch (error) {
    if (error instanceof Away && error.message.includes("no answer within"))
      return { kind: "odd", why: "no answer in time" };
    throw error;
  }
  // 400 is what llama.cpp says to a prompt that is longer than its context.
  if (answer.status === 400 || answer.status === 413) return { kind: "long" };
  if (answer.status === 500) return { kind: "odd", why: "answer 500" };
  const chat = chatShape.safeParse(json(server, answer));
  if (!chat.success) throw new Odd(server, "an answer that is no completion");
  const [choice] = chat.data.choices;
  if (choice?.finish_reason === "length") return { kind: "long" };
  return valueOf(choice?.message.content ?? "", shape);
}

function valueOf<T>(text: string, shape: z.ZodMiniType<T>): Spoken<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "odd", why: "no JSON" };
  }
  const read = z.safeParse(shape, value);
  return read.success ? { kind: "value", value: read.data } : { kind: "odd", why: "JSON of another shape" };
}
