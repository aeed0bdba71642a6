import { meetingOf } from "../../../../components/services/minutes/worker/adapters";
import { missingConsent, participantsOf, readCompanion } from "../../../../components/services/minutes/worker/meeting";

const folder = (files: Readonly<Record<string, string>>) => {
  const entries = Object.entries(files).map(([name, text]) => ({ key: `room/${name}`, name, bytes: text.length }));
  return meetingOf({ prefix: "room/", entries }, (name) => Promise.resolve(files[name] ?? ""));
};
const sum = "a".repeat(64);
const jibri = {
  "weekly_2026-11-30-08-00-00.mp4": "media",
  SHA256SUMS: `${sum}  weekly_2026-11-30-08-00-00.mp4\n`,
  "metadata.json": JSON.stringify({
    meeting_url: "https://meet.example.ch/W%C3%B6chentlich",
    participants: [{ user: { id: "1", name: "Anna" } }, { user: { name: "Guest" } }, { group: "x" }],
  }),
};

test("a recording of Jitsi is the room with those who have an identity", async () => {
  expect(await folder(jibri)).toEqual({
    platform: "jitsi",
    title: "Wöchentlich",
    startedAt: "2026-11-30T08:00:00Z",
    tracks: [{ key: "room/weekly_2026-11-30-08-00-00.mp4", bytes: 5, offset: 0, sha256: sum }],
    participants: [
      { id: "1", name: "Anna", guest: false },
      { name: "Guest", guest: true },
    ],
  });
});

test("a recording of BigBlueButton has those who joined, and knows who came as a guest", async () => {
  const meeting = await folder({
    "metadata.xml":
      "<recording><id>x</id><state>published</state><start_time>1764489600000</start_time><meta><meetingName>Hearing</meetingName></meta></recording>",
    "video/webcams.webm": "media",
    "events.xml":
      '<recording><event eventname="ParticipantJoinEvent"><userId>w_1</userId><externalUserId>anna.meier</externalUserId><name>Anna</name><role>MODERATOR</role></event>' +
      '<event eventname="ParticipantJoinEvent"><userId>w_2</userId><externalUserId>w_2</externalUserId><name>Guest</name><role>VIEWER</role></event><event eventname="Other"/></recording>',
  });
  expect(meeting.participants).toEqual([
    { name: "Anna", guest: false, username: "anna.meier" },
    { name: "Guest", guest: true },
  ]);
  expect([meeting.title, meeting.tracks[0]?.key]).toEqual(["Hearing", "room/video/webcams.webm"]);
});

test("tracks of an egress have their speakers, and their times in the meeting", async () => {
  const manifest = (id: string, who: string, at: number) =>
    JSON.stringify({
      egress_id: id,
      room_id: "RM_1",
      room_name: "desk",
      started_at: at,
      publisher_identity: who,
      files: [{ filename: `../../desk/${who}.ogg`, location: "https://elsewhere" }],
    });
  const meeting = await folder({
    "EG_1.json": manifest("EG_1", "anna", 1_764_489_600_000_000_000),
    "EG_2.json": manifest("EG_2", "beat", 1_764_489_602_500_000_000),
    "anna.ogg": "1",
    "beat.ogg": "22",
  });
  expect(meeting.tracks).toEqual([
    { key: "room/anna.ogg", bytes: 1, offset: 0, speaker: "anna" },
    { key: "room/beat.ogg", bytes: 2, offset: 2.5, speaker: "beat" },
  ]);
});

test("a call of Talk has the times in which each spoke", async () => {
  const meeting = await folder({
    "Recording 2026-10-02 17-37-20.webm": "media",
    ".Recording 2026-10-02 17-37-20 speaking times.json": JSON.stringify({
      recordingStartTimestamp: 1_759_419_440_000,
      intervals: [
        { participantName: "Alice", startTimestampRelative: 4344, stopTimestampRelative: 5964 },
        { participantName: "Bob", startTimestampRelative: 9000, stopTimestampRelative: 8000 },
      ],
    }),
  });
  expect(meeting.turns).toEqual([{ speaker: "Alice", from: 4.344, to: 5.964 }]);
  expect(meeting.title).toBe("Recording 2026-10-02 17-37-20");
});

test.each([
  ["no metadata that is known", { "a.mp4": "x" }, /metadata of Jitsi/],
  ["metadata that is no JSON", { ...jibri, "metadata.json": "{" }, /JSON in metadata.json/],
  ["a file without a sum", { ...jibri, SHA256SUMS: "" }, /SHA256SUMS/],
  ["two files of media", { ...jibri, "b.mp4": "x" }, /one media file/],
  ["XML with entities", { "metadata.xml": '<!DOCTYPE a [<!ENTITY b "c">]><recording/>' }, /document type/],
  [
    "a recording that is not published",
    { "metadata.xml": "<recording><state>processing</state></recording>" },
    /published/,
  ],
])("%s is refused with a sentence", async (_, files, problem) => {
  await expect(folder(files as Record<string, string>)).rejects.toThrow(problem);
});

const record = {
  version: 1,
  confidentiality: "transport",
  consent: { recordedAt: "2026-11-30T08:00:00Z", from: ["Anna"] },
};

test("a record adds nobody to a platform's list but guests", async () => {
  const companion = readCompanion(
    JSON.stringify({
      ...record,
      participants: [
        { username: "outsider", name: "Outsider" },
        { name: "Visitor", email: "visitor@example.ch", guest: true },
      ],
    }),
  );
  const people = participantsOf(await folder(jibri), companion);
  expect(people.map(({ name }) => name)).toEqual(["Anna", "Guest", "Visitor"]);
});

test("whoever has neither agreed nor objected is missing, and an end-to-end encrypted room is refused", async () => {
  const people = participantsOf(await folder(jibri), readCompanion(JSON.stringify(record)));
  expect(missingConsent(people, readCompanion(JSON.stringify(record)))).toEqual(["Guest"]);
  expect(missingConsent(people, readCompanion(JSON.stringify({ ...record, objections: ["Guest"] })))).toEqual([]);
  const secret = readCompanion(JSON.stringify({ ...record, confidentiality: "end-to-end" }));
  expect(() => missingConsent(people, secret)).toThrow(/end-to-end/);
});

test.each([
  ["no consent", { version: 1, confidentiality: "transport" }],
  ["another version", { ...record, version: 2 }],
  ["a word that it does not know", { ...record, recipients: ["outsider"] }],
  ["a name of a thousand letters", { ...record, consent: { ...record.consent, from: ["x".repeat(1000)] } }],
])("a record with %s is refused", (_, value) => {
  expect(() => readCompanion(JSON.stringify(value))).toThrow(/minutes.json/);
});
