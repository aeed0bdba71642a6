import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { Context, Outcome } from "./context";
import { fact } from "./context";
import { folderName, recipientsOf, reconcile } from "./deliver";
import { blocks, type Heading, machineNote, markdown } from "./documents";
import { heardOf } from "./hear";
import { Poison } from "./problems";
import { pdf } from "./pdf";
import { summarised } from "./summarise";
import { gathered } from "./summary";
import type { Facts } from "./states";
import { joined, named, plainText, type Segment, webVtt, withoutObjectors } from "./transcript";

/** The meeting's transcript: all files in one, with speakers where the platform told them, without what objectors said. */
async function transcriptOf(context: Context): Promise<readonly Segment[]> {
  const meeting = fact(context, "meeting");
  const { turns = [] } = meeting;
  const files = await heardOf(context, meeting);
  const all = files.flatMap((pieces) => joined(pieces)).sort((a, b) => a.from - b.from);
  return withoutObjectors(named(all, turns), turns, fact(context, "objections"));
}

const languageOf = ({ row }: Context, given: string | undefined): string =>
  given ?? Object.entries(row.facts.languages ?? {}).sort((a, b) => b[1] - a[1])[0]?.[0] ?? "en";

/** Objections that came since the recording was looked at send it back, since they change what a model may read. */
const changed = (context: Context, objections: readonly string[] = []): boolean =>
  [...objections].sort().join("\n") !== [...fact(context, "objections")].sort().join("\n");

export async function summarise(context: Context): Promise<Outcome> {
  const { settings, records, row } = context;
  const companion = await context.companion();
  if (companion.withdrawn === true || changed(context, companion.objections)) return { state: "arrived" };
  const { characters, ...model } = settings.language;
  const answers = await summarised({
    model,
    characters,
    segments: await transcriptOf(context),
    language: languageOf(context, companion.language),
    people: names(context),
    kept: {
      get: (key) => records.kept(row.id, "spoken", key),
      put: async (key, value) => {
        await context.keep("spoken", key, value);
        await context.mine("summarising");
      },
    },
  });
  await context.keep("spoken", "answers", answers);
  return {};
}

const names = (context: Context): readonly string[] => fact(context, "people").map(({ name }) => name);

/** A document as it is kept until it is delivered. */
const documentShape = z.object({ type: z.string(), base64: z.string() });

/** Writes the documents. The same transcript and answers give the same bytes. */
export async function compose(context: Context): Promise<Outcome> {
  const { settings, records, row, identities } = context;
  const companion = await context.companion();
  if (companion.withdrawn === true || changed(context, companion.objections)) return { state: "arrived" };
  const meeting = fact(context, "meeting");
  const answers = (await records.kept(row.id, "spoken", "answers")) as
    Awaited<ReturnType<typeof summarised>> | undefined;
  if (answers === undefined) return { state: "transcribed" };
  const segments = await transcriptOf(context);
  const summary = gathered(answers.summary, answers.parts, segments, names(context));
  const language = languageOf(context, companion.language);
  const heading: Heading = {
    title: meeting.title,
    seconds: fact(context, "seconds"),
    people: names(context),
    language,
    speechModel: settings.speech.model,
    languageModel: settings.language.model,
    ...(meeting.startedAt === undefined ? {} : { startedAt: meeting.startedAt }),
  };
  const found = await recipientsOf(fact(context, "people"), companion, identities);
  const note = machineNote(heading);
  const all = blocks(heading, summary);
  const texts: Record<string, { readonly type: string; readonly body: Buffer }> = {
    "transcript.vtt": { type: "text/vtt", body: Buffer.from(webVtt(segments, language, note)) },
    "transcript.txt": { type: "text/plain", body: Buffer.from(plainText(segments, note)) },
    "minutes.md": { type: "text/markdown", body: Buffer.from(markdown(heading, all)) },
    "minutes.pdf": { type: "application/pdf", body: pdf(heading, all) },
  };
  const evidence = {
    machineGenerated: true,
    meeting: row.id,
    platform: meeting.platform,
    startedAt: meeting.startedAt ?? null,
    seconds: heading.seconds,
    recording: fact(context, "sums"),
    consent: companion.consent,
    objections: fact(context, "objections").length,
    models: { speech: heading.speechModel, language: heading.languageModel },
    items: {
      decisions: summary.decisions.length,
      actions: summary.actions.length,
      droppedWithoutSource: summary.dropped,
    },
    recipients: found.recipients.map(({ kind, name }) => ({ kind, name })),
    withoutAccess: found.without,
    documents: Object.fromEntries(
      Object.entries(texts).map(([name, { body }]) => [name, createHash("sha256").update(body).digest("hex")]),
    ),
  };
  texts["evidence.json"] = { type: "application/json", body: Buffer.from(`${JSON.stringify(evidence, null, 2)}\n`) };
  for (const [name, { type, body }] of Object.entries(texts))
    await context.keep("document", name, { type, base64: body.toString("base64") });
  return { facts: { recipients: found.recipients, without: found.without } };
}

const folderOf = (context: Context): string => {
  const { title, startedAt } = fact(context, "meeting");
  return context.row.facts.delivered ?? folderName(context.row.id, title, startedAt);
};

/** Puts the documents into a folder that nobody but this worker's account can open yet. */
export async function upload(context: Context): Promise<Outcome> {
  const { nextcloud, records, row } = context;
  const folder = folderOf(context);
  const documents = await records.allKept(row.id, "document");
  if (documents.length === 0) throw new Poison("expected documents to deliver, got none");
  await context.mine();
  await nextcloud.makeFolder(folder);
  for (const { key, value } of documents) {
    const { type, base64 } = z.parse(documentShape, value);
    await context.mine(`writing ${key}`);
    await nextcloud.write(folder, key, Buffer.from(base64, "base64"), type);
  }
  return { facts: { delivered: folder } };
}

/** Opens the folder to the meeting's recipients, and to nobody else. */
export async function share(context: Context): Promise<Outcome> {
  const { nextcloud, identities } = context;
  const companion = await context.companion();
  if (companion.withdrawn === true || changed(context, companion.objections)) return { state: "arrived" };
  // Asked again: between writing and opening, an account can be closed and a release taken back.
  const { recipients, without } = await recipientsOf(fact(context, "people"), companion, identities);
  const { row, records } = context;
  const unknown = await reconcile(
    nextcloud,
    folderOf(context),
    recipients,
    () => context.mine(),
    (what) => records.note(row.id, what),
  );
  const reached = recipients.filter(({ name }) => !unknown.includes(name));
  return {
    facts: {
      recipients: reached,
      without: {
        ...without,
        ...Object.fromEntries(
          recipients
            .filter(({ name }) => unknown.includes(name))
            .map(({ person }) => [person, "not known to Nextcloud: nobody who never signed in there is"]),
        ),
      },
    },
  };
}

/**
 * Tells those who have access that they have it: by chat, and by mail whom the chat does not know. The message holds nothing of the meeting but its title.
 */
export async function notify(context: Context): Promise<Outcome> {
  const { row, records } = context;
  const told = new Set(row.facts.notified ?? []);
  for (const recipient of fact(context, "recipients")) {
    const key = `told/${recipient.kind}/${recipient.name}`;
    if (told.has(key) || (await records.kept(row.id, "document", key)) !== undefined) continue;
    await context.mine(`telling ${told.size + 1}`);
    if (!(await tell(context, recipient))) continue;
    await context.keep("document", key, { type: "told", base64: "" });
    told.add(key);
  }
  const before = (await records.allKept(row.id, "document"))
    .map(({ key }) => key)
    .filter((key) => key.startsWith("told/"));
  return { facts: { notified: [...new Set([...told, ...before])] } };
}

/** @returns false where there is no way to a person. */
async function tell(
  context: Context,
  { kind, name, email }: NonNullable<Facts["recipients"]>[number],
): Promise<boolean> {
  const { chat, mail, row, nextcloud, settings } = context;
  const place = `${settings.nextcloud.url}/apps/files/?dir=${encodeURIComponent(nextcloud.path(folderOf(context)))}`;
  const notice = {
    meeting: row.id,
    subject: fact(context, "meeting").title,
    text: `${place}\n\nMachine-made minutes of this meeting are shared with you. Check them before you rely on them.`,
  };
  if (kind === "user" && chat !== undefined && (await chat.send({ ...notice, to: name }))) return true;
  if (mail === undefined || email === undefined) return false;
  await mail.send({ ...notice, to: email });
  return true;
}

/** Deletes everything that was kept between the steps. */
export async function clean({ records, row }: Context): Promise<Outcome> {
  await records.drop(row.id);
  return {};
}
