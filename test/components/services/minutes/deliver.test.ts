import { recipientsOf, reconcile } from "../../../../components/services/minutes/worker/deliver";
import type { Identities } from "../../../../components/services/minutes/worker/identities";
import { readCompanion } from "../../../../components/services/minutes/worker/meeting";
import type { Nextcloud, Recipient, Share } from "../../../../components/services/minutes/worker/nextcloud";
import { LeaseLost } from "../../../../components/services/minutes/worker/problems";
import { waitFor } from "../../../../components/services/minutes/worker/figures";
import { readSettings } from "../../../../components/services/minutes/worker/settings";

const record = (more: object = {}) =>
  readCompanion(
    JSON.stringify({
      version: 1,
      confidentiality: "transport",
      consent: { recordedAt: "2026-11-30T08:00:00Z", from: [] },
      ...more,
    }),
  );

const identities = {
  token: () => Promise.resolve("token"),
  find: ({ username }: { readonly username?: string }) =>
    Promise.resolve(username === "anna" ? { username: "anna", email: "anna@example.ch" } : undefined),
} as unknown as Identities;

const people = [
  { name: "Anna", username: "anna", guest: false },
  { name: "Stranger", username: "stranger", guest: false },
  { name: "Visitor", email: "visitor@example.ch", guest: true },
  { name: "Nameless", guest: true },
];

test("only people whom the identity service knows are recipients", async () => {
  expect(await recipientsOf(people, record(), identities)).toEqual({
    recipients: [{ kind: "user", name: "anna", person: "Anna", email: "anna@example.ch" }],
    without: {
      Stranger: "not known to the identity service",
      Visitor: "a guest, not released",
      Nameless: "a guest, not released",
    },
  });
});

test("a guest is one once the moderator released them, and can be reached", async () => {
  const { recipients, without } = await recipientsOf(people, record({ release: ["Visitor", "Nameless"] }), identities);
  expect(recipients.map(({ name }) => name)).toEqual(["anna", "visitor@example.ch"]);
  expect(without["Nameless"]).toBe("a guest without a mail address");
});

/** Shares of a folder, in memory. */
function shares(start: readonly Share[]) {
  const there = [...start];
  const done: string[] = [];
  const nextcloud = {
    shares: () => Promise.resolve([...there]),
    unshare: (id: string) => Promise.resolve(void done.push(`- ${id}`)),
    share: (_: string, { name }: Recipient) => {
      done.push(`+ ${name}`);
      return Promise.resolve(name === "new-to-nextcloud" ? "unknown" : "shared");
    },
  } as unknown as Nextcloud;
  return { nextcloud, done };
}

const user = (name: string): Recipient => ({ kind: "user", name });
const nothing = (): Promise<void> => Promise.resolve();

test("shares become exactly those of the recipients: others go first", async () => {
  const { nextcloud, done } = shares([
    { id: "1", ...user("anna") },
    { id: "2", ...user("outsider") },
    { id: "3", ...user("anna") },
    { id: "4", kind: "mail", name: "beat" },
  ]);
  const wanted = [user("anna"), user("beat"), user("new-to-nextcloud")];
  expect(await reconcile(nextcloud, "folder", wanted, nothing, nothing)).toEqual(["new-to-nextcloud"]);
  expect(done).toEqual(["- 2", "- 3", "- 4", "+ beat", "+ new-to-nextcloud"]);
});

test("a worker that lost the meeting shares nothing", async () => {
  const { nextcloud, done } = shares([]);
  const lost = (): Promise<void> => Promise.reject(new LeaseLost("lost"));
  await expect(reconcile(nextcloud, "folder", [user("anna")], lost, nothing)).rejects.toBeInstanceOf(LeaseLost);
  expect(done).toEqual([]);
});

test("waits grow, up to a limit", () => {
  const wait = { first: 10, longest: 600 };
  expect([0, 1, 2, 6, 90].map((attempts) => waitFor(wait, attempts, 0))).toEqual([10, 20, 40, 600, 600]);
});

test("settings say everything that is missing at once", () => {
  const empty = (): string => {
    throw new Error("none");
  };
  expect(() => readSettings({ MINUTES_SPEECH_URL: "speech/", MINUTES_LANES: "0" }, empty)).toThrow(
    /MINUTES_BUCKET_ENDPOINT, got nothing[^]*bucket-access-key[^]*MINUTES_SPEECH_URL as an address[^]*MINUTES_LANES from 1 to 64, got 0/,
  );
});
