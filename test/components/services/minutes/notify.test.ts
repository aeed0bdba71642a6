import { localpart } from "../../../../components/services/minutes/worker/chat";
import type { Context } from "../../../../components/services/minutes/worker/context";
import type { Facts } from "../../../../components/services/minutes/worker/states";
import { Away } from "../../../../components/services/minutes/worker/problems";
import { notify } from "../../../../components/services/minutes/worker/write";

type Recipients = NonNullable<Facts["recipients"]>;

const anna: Recipients[number] = { kind: "user", name: "anna", person: "Anna", email: "anna@example.ch" };
const beat: Recipients[number] = { kind: "user", name: "beat", person: "Beat" };
const guest: Recipients[number] = {
  kind: "mail",
  name: "guest@example.org",
  person: "Guest",
  email: "guest@example.org",
};

interface World {
  readonly recipients: Recipients;
  /** Names that the chat knows; undefined for no chat. */
  readonly chat?: readonly string[];
  readonly mail?: boolean;
  /** Keys of those who were told before. */
  readonly told?: readonly string[];
}

/** A meeting that was shared, and everybody who is told of it. */
function meeting({ recipients, chat, mail = true, told = [] }: World) {
  const said: string[] = [];
  const kept = new Map<string, unknown>(told.map((key) => [key, {}]));
  const context = {
    row: { id: "m1", facts: { recipients, meeting: { title: "Weekly", tracks: [] }, delivered: "2026-11-30 Weekly" } },
    settings: { nextcloud: { url: "https://hub.example.ch" } },
    nextcloud: { path: (folder: string) => `/Minutes/${folder}` },
    records: {
      kept: (_: string, __: string, key: string) => Promise.resolve(kept.get(key)),
      allKept: () => Promise.resolve([...kept.keys()].map((key) => ({ key, value: {} }))),
    },
    mine: () => Promise.resolve(),
    keep: (_: string, key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
    ...(chat === undefined
      ? {}
      : {
          chat: {
            send: ({ to }: { readonly to: string }) => {
              if (to === "unlucky") return Promise.reject(new Away("chat", "gone"));
              if (chat.includes(to)) said.push(`chat ${to}`);
              return Promise.resolve(chat.includes(to));
            },
          },
        }),
    ...(mail
      ? {
          mail: {
            send: ({ to, text }: Record<"to" | "text", string>) =>
              Promise.resolve(void said.push(`mail ${to} ${text.split("\n")[0] ?? ""}`)),
          },
        }
      : {}),
  } as unknown as Context;
  return { context, said, kept };
}

const link = "https://hub.example.ch/apps/files/?dir=%2FMinutes%2F2026-11-30%20Weekly";

test.each<[string, World, readonly string[], readonly string[]]>([
  [
    "by chat, and by mail whom the chat does not know",
    { recipients: [anna, { ...beat, email: "beat@example.ch" }], chat: ["beat"] },
    [`mail anna@example.ch ${link}`, "chat beat"],
    ["told/user/anna", "told/user/beat"],
  ],
  [
    "who is a guest by mail, also where the chat has such a name",
    { recipients: [guest], chat: ["guest@example.org"] },
    [`mail guest@example.org ${link}`],
    ["told/mail/guest@example.org"],
  ],
  ["without a chat by mail", { recipients: [anna] }, [`mail anna@example.ch ${link}`], ["told/user/anna"]],
  ["who has neither chat nor address not at all", { recipients: [beat], chat: [] }, [], []],
  [
    "without mail by chat alone",
    { recipients: [anna, guest], chat: ["anna"], mail: false },
    ["chat anna"],
    ["told/user/anna"],
  ],
  [
    "who was told before a death not again",
    { recipients: [anna, { ...beat, email: "beat@example.ch" }], told: ["told/user/anna"] },
    [`mail beat@example.ch ${link}`],
    ["told/user/anna", "told/user/beat"],
  ],
])("people are told %s", async (_, world, said, notified) => {
  const made = meeting(world);
  const { facts } = await notify(made.context);
  expect(made.said).toEqual(said);
  expect([...(facts?.notified ?? [])].sort()).toEqual(notified);
});

test("a chat that is away keeps who was told, and no mail goes in its place", async () => {
  const unlucky: Recipients[number] = { ...anna, name: "unlucky" };
  const made = meeting({ recipients: [{ ...anna, name: "anna" }, unlucky], chat: ["anna"] });
  await expect(notify(made.context)).rejects.toBeInstanceOf(Away);
  expect(made.said).toEqual(["chat anna"]);
  expect([...made.kept.keys()]).toEqual(["told/user/anna"]);
});

test.each([
  ["anna.meier", "anna.meier"],
  ["Anna.Meier", "anna.meier"],
  ["_anna_", "=5fanna_"],
  ["anna@example.ch", "anna=40example.ch"],
  ["a+b/c-d=e", "a+b/c-d=3de"],
  ["J\u00fcrg", "j=c3=bcrg"],
  ["a:evil.example.org", "a=3aevil.example.org"],
])("%s is called %s in the chat, as the homeserver itself makes it", (name, called) => {
  expect(localpart(name)).toBe(called);
});
