/** A pattern that is a little wider or narrower than another. */
export interface Thinner {
  readonly kind: string;
  readonly text: string;
}

/** A pattern once without each of its alternatives, anchors and flags. */
export function thinner(literal: string): readonly Thinner[] {
  const end = literal.lastIndexOf("/");
  const [body, flags] = [literal.slice(1, end), literal.slice(end + 1)];
  const found: Thinner[] = [];
  const cut = (kind: string, from: number, to: number): void => {
    const rest = body.slice(0, from) + body.slice(to);
    if (rest !== "" && isPattern(rest, flags)) found.push({ kind, text: `/${rest}/${flags}` });
  };
  for (const [from, to] of alternatives(body)) cut(`alternative dropped: ${body.slice(from, to)}`, from, to);
  for (const [at, length] of anchors(body)) cut(`anchor dropped: ${body.slice(at, at + length)}`, at, at + length);
  if (flags.includes("i")) found.push({ kind: "flag dropped: i", text: `/${body}/${flags.replace("i", "")}` });
  return found;
}

function isPattern(body: string, flags: string): boolean {
  try {
    new RegExp(body, flags);
    return true;
  } catch {
    return false;
  }
}

interface Open {
  readonly start: number;
  readonly bars: number[];
}

/** Ranges of the alternatives in a pattern, each with one of the bars beside it. */
function alternatives(body: string): readonly (readonly [from: number, to: number])[] {
  const open: Open[] = [{ start: 0, bars: [] }];
  const found: (readonly [number, number])[] = [];
  const close = (end: number): void => {
    const group = open.pop();
    if (group === undefined || group.bars.length === 0) return;
    const edges = [group.start - 1, ...group.bars, end];
    for (const [i, edge] of edges.slice(0, -1).entries()) {
      const next = edges[i + 1] ?? end;
      found.push(i === 0 ? [edge + 1, next + 1] : [edge, next]);
    }
  };
  signs(body, (sign, at) => {
    if (sign === "(")
      open.push({ start: at + 1 + (/^\?(:|=|!|<=|<!|<\w+>)/.exec(body.slice(at + 1))?.[0].length ?? 0), bars: [] });
    else if (sign === "|") open.at(-1)?.bars.push(at);
    else if (sign === ")") close(at);
  });
  close(body.length);
  return found;
}

function anchors(body: string): readonly (readonly [at: number, length: number])[] {
  const found: (readonly [number, number])[] = [];
  signs(body, (sign, at) => {
    if (sign === "^" || sign === "$") found.push([at, 1]);
    if (sign === "\\b") found.push([at, 2]);
  });
  return found;
}

/** Signs of a pattern outside classes of characters, an escaped one as two characters. */
function signs(body: string, use: (sign: string, at: number) => void): void {
  let inClass = false;
  for (let at = 0; at < body.length; at++) {
    const sign = body.charAt(at);
    if (sign === "\\") {
      if (!inClass) use(body.slice(at, at + 2), at);
      at++;
    } else if (inClass) inClass = sign !== "]";
    else if (sign === "[") inClass = true;
    else use(sign, at);
  }
}
