import {
  agree,
  retainUnrecorded,
  unrecorded,
  waiting,
} from "../../../../components/services/minutes/worker/unrecorded";

/** A bucket in memory: texts by key, each with the day of November 2026 on which it was written. */
function bucketOf(objects: Record<string, readonly [day: number, text: string]>) {
  const all = new Map(Object.entries(objects));
  const erased: string[] = [];
  const below = (prefix: string) => [...all].filter(([key]) => key.startsWith(prefix));
  return {
    erased,
    all,
    async *walk(prefix: string) {
      await Promise.resolve();
      for (const [key, [day, text]] of below(prefix).sort())
        yield { key, bytes: text.length, tag: text, at: `2026-11-${String(day).padStart(2, "0")}T12:00:00Z` };
    },
    list: (prefix: string) =>
      Promise.resolve(
        below(prefix).map(([key, [, text]]) => ({ key, bytes: text.length, name: key.slice(prefix.length) })),
      ),
    text: (key: string) => Promise.resolve(all.get(key)?.[1] ?? ""),
    find: (key: string) => Promise.resolve(all.get(key)?.[1]),
    put: (key: string, text: string) => Promise.resolve(void all.set(key, [30, text])),
    erase: (prefix: string) => {
      erased.push(prefix);
      const gone = below(prefix);
      for (const [key] of gone) all.delete(key);
      return Promise.resolve(gone.length);
    },
  };
}

const media = "weekly_2026-11-20-08-00-00.mp4";
const jibri = (folder: string, day: number): Record<string, readonly [number, string]> => ({
  [`${folder}/${media}`]: [day, "sound"],
  [`${folder}/SHA256SUMS`]: [day, `${"a".repeat(64)}  ${media}\n`],
  [`${folder}/metadata.json`]: [
    day,
    JSON.stringify({
      meeting_url: "https://meet.example.ch/weekly",
      participants: [{ user: { id: "1", name: "Anna Meier" } }, { user: { id: "2", name: "Beat Roth" } }],
    }),
  ],
});
const now = new Date("2026-11-30T12:00:00Z");

test("recordings without a record are those whose metadata lies alone", async () => {
  const bucket = bucketOf({
    ...jibri("meetings/one", 10),
    ...jibri("meetings/two", 20),
    "meetings/two/minutes.json": [20, "{}"],
    "elsewhere/letter.txt": [1, "no recording"],
    "metadata.json": [1, "in no folder"],
    "hearing/metadata.xml": [11, "<recording/>"],
    "hearing/video/webcams.webm": [11, "sound"],
  });
  expect((await unrecorded(bucket)).map(({ folder, since }) => [folder, since.getUTCDate()])).toEqual([
    ["hearing/", 11],
    ["meetings/one/", 10],
  ]);
});

test("what waits is printed with its people, once it is complete and can be read", async () => {
  const { [`open/SHA256SUMS`]: _, ...open } = jibri("open", 12);
  const bucket = bucketOf({
    ...jibri("meetings/one", 10),
    ...open,
    "odd/metadata.json": [9, "[1]"],
    "odd/SHA256SUMS": [9, ""],
  });
  expect(await waiting(bucket)).toEqual([
    {
      folder: "meetings/one/",
      since: "2026-11-10T12:00:00.000Z",
      platform: "jitsi",
      title: "weekly",
      people: ["Anna Meier", "Beat Roth"],
    },
  ]);
});

test("a recording goes when nobody has laid a record beside it in time, and nothing else does", async () => {
  const bucket = bucketOf({
    ...jibri("old", 15),
    ...jibri("new", 17),
    ...jibri("recorded", 1),
    "recorded/minutes.json": [1, "{}"],
    "letters/old.txt": [1, "stays"],
  });
  expect(await retainUnrecorded(bucket, 14, now)).toBe(1);
  expect(bucket.erased).toEqual(["old/"]);
  expect(await retainUnrecorded(bucket, 14, now)).toBe(0);
});

test("whoever agreed is written into the record, beside those who had before, and into no other part of it", async () => {
  const bucket = bucketOf(jibri("meetings/one", 10));
  expect(await agree(bucket, "meetings/one/", ["Anna Meier"], now)).toEqual({
    version: 1,
    confidentiality: "transport",
    consent: { recordedAt: "2026-11-30T12:00:00.000Z", from: ["Anna Meier"] },
  });
  const written = JSON.parse(bucket.all.get("meetings/one/minutes.json")?.[1] ?? "") as object;
  bucket.all.set("meetings/one/minutes.json", [30, JSON.stringify({ ...written, release: ["Guest"] })]);
  const record = await agree(bucket, "meetings/one/", ["Beat Roth", "Anna Meier"], now);
  expect(record.consent.from).toEqual(["Anna Meier", "Beat Roth"]);
  expect(record.release).toEqual(["Guest"]);
  expect(JSON.parse(bucket.all.get("meetings/one/minutes.json")?.[1] ?? "")).toEqual(record);
});

test.each<[string, string, readonly string[], RegExp]>([
  ["somebody who was not there", "meetings/one/", ["Carla"], /expected people out of Anna Meier, Beat Roth, got Carla/],
  ["nobody", "meetings/one/", [], /expected a folder with a final slash and names/],
  ["a folder without its slash", "meetings/one", ["Anna Meier"], /expected a folder with a final slash/],
  ["a recording that is not there", "meetings/two/", ["Anna Meier"], /expected a recording that is complete/],
  [
    "a platform without a list of people",
    "call/",
    ["Anna Meier"],
    /expected a platform that says who was there, got talk/,
  ],
])("agreeing is refused for %s, and nothing is written", async (_, folder, names, message) => {
  const bucket = bucketOf({
    ...jibri("meetings/one", 10),
    "call/recording.ogg": [10, "sound"],
    "call/.recording.ogg speaking times.json": [10, '{"intervals":[]}'],
  });
  const before = bucket.all.size;
  await expect(agree(bucket, folder, names, now)).rejects.toThrow(message);
  expect(bucket.all.size).toBe(before);
});
