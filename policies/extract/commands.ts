import { readableLines } from "./comments";
import { remembering } from "./memo";

/** A command of a script. */
export interface Command {
  /** Name of the program, without folder. */
  readonly program: string;
  readonly line: string;
}

/** Words that run another program, with their options. */
const wrapper =
  /^(?:ExecStart(?:Pre|Post)?=[-@+!:]*|(?:sudo|doas|env|exec|nohup|time|nice|timeout|command|then|do|else|eval|ionice|chronic|RUN|-|\w{1,40}=(?:"[^"]{0,200}"|'[^']{0,200}'|[^\s"']\S{0,200})?)\s+(?:-\S{1,20}\s+|\d+\S?\s+){0,4})/;

/** Programs that a text starts: the first word of each command, behind words that only run it. */
export const commandsOf = remembering(commands);

function commands(text: string): readonly Command[] {
  if (!/[ \t]/.test(text)) return [];
  return readableLines(text.replace(/\\\n\s*/g, " ")).flatMap((line) =>
    line.split(/\|\||&&|[|;`]|\$\(|(?<=^|\s)(?:sh|bash) -\w*c /).flatMap((part): readonly Command[] => {
      const program = first(part.trim().replace(/^["'\s({[]+/, ""));
      return program === undefined ? [] : [{ program, line: part }];
    }),
  );
}

function first(part: string): string | undefined {
  let rest = part;
  for (let i = 0; i < 6; i++) {
    const next = rest.replace(wrapper, "");
    if (next === rest) break;
    rest = next;
  }
  // A program is followed by a word, and never by a colon or an equals sign: those are settings.
  const [, word] = /^([\w./-]{2,120})["']?(?=\s+\S)(?!\s*[=:])/.exec(rest) ?? [];
  return word?.slice(word.lastIndexOf("/") + 1);
}
