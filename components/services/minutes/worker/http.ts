import { Away, Odd } from "./problems";

/** A request to one of the servers that the worker depends on. */
export interface Asked extends Omit<RequestInit, "signal"> {
  /** Name of the server in errors: "speech". */
  readonly server: string;
  readonly seconds: number;
  /** Largest answer that is read. */
  readonly mostBytes: number;
  /** Statuses that the caller looks at itself; others of 400 and above are errors. @default [] */
  readonly expected?: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/**
 * Asks a server, and reads its answer whole.
 *
 * @throws Away when it cannot be reached, is slow, lets this worker in no more, or says 429 or 5xx.
 * @throws Odd for any other refusal, an answer that is too large, and one that ends half-way.
 */
export async function ask(url: string, { server, seconds, mostBytes, expected = [], ...init }: Asked): Promise<Answer> {
  const signal = AbortSignal.timeout(seconds * 1_000);
  const response = await fetch(url, { ...init, signal, redirect: "error" }).catch((error: unknown) => {
    throw new Away(server, signal.aborted ? `no answer within ${seconds} s` : reasonOf(error));
  });
  const { status, headers } = response;
  const body = await read(response, server, mostBytes);
  if (expected.includes(status)) return { status, headers, body };
  if (status >= 500 || [401, 403, 407, 408, 423, 425, 429].includes(status)) throw new Away(server, `answer ${status}`);
  if (status >= 400) throw new Odd(server, `answer ${status}`);
  return { status, headers, body };
}

/** Reason of a failed request: undici hides it below `cause`. */
export function reasonOf(error: unknown): string {
  const { cause, message } = error as { readonly cause?: { readonly code?: string }; readonly message?: string };
  return cause?.code ?? message ?? "no connection";
}

async function read(response: Response, server: string, mostBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of response.body ?? []) {
      bytes += part.byteLength;
      if (bytes > mostBytes) break;
      parts.push(part);
    }
  } catch (error) {
    throw new Away(server, `an answer that ended half-way (${reasonOf(error)})`);
  }
  if (bytes > mostBytes) throw new Odd(server, `an answer of more than ${mostBytes} bytes`);
  return Buffer.concat(parts);
}

/** An answer as JSON. @throws Odd for anything else. */
export function json(server: string, { body }: Pick<Answer, "body">): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new Odd(server, "an answer that is no JSON");
  }
}
