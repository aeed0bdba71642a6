import { lineOf, type Meeting, parsed, type Track } from "../meeting";
import { Poison } from "../problems";
import type { Folder } from "./folder";

/**
 * A room of LiveKit or OpenVidu in one folder: manifests of its egresses, each with its files. Recordings of single participants become tracks with a speaker.
 *
 * | claim | file of livekit/egress | revision |
 * |---|---|---|
 * | fields of the manifest | pkg/config/manifest.go | 15b7491 |
 * | its name is `<egress id>.json` | pkg/pipeline/controller.go, uploadManifest | seen without a revision |
 * | egress ids begin with `EG_` | the example of an answer in LiveKit's documentation, home/egress/api | none |
 * | times are in nanoseconds | pkg/info/info.go, UnixNano | 17063dd |
 */
export function egressMeeting(folder: Folder, text: (name: string) => string): Meeting {
  const manifests = folder.entries
    .filter(({ name }) => manifestName.test(name))
    .map(({ name }) => Object(parsed(text(name), name)) as Record<string, unknown>);
  const rooms = new Set(manifests.map(({ room_id: id }) => lineOf(id)));
  if (rooms.size !== 1) throw new Poison(`expected manifests of one room, got those of ${rooms.size}`);
  const begins = manifests.map(({ started_at: at }) => Number(at)).filter((at) => at > 0);
  const begin = Math.min(...begins);
  const tracks = manifests.flatMap((manifest) => tracksOf(folder, manifest, begin));
  if (tracks.length === 0) throw new Poison("expected files in a manifest, got none that is in the folder");
  return {
    platform: "openvidu",
    title: lineOf(manifests[0]?.room_name) ?? "OpenVidu",
    ...(Number.isFinite(begin) ? { startedAt: new Date(begin / 1e6).toISOString() } : {}),
    tracks,
  };
}

export const manifestName = /^EG_\w+\.json$/;

function tracksOf({ entries }: Folder, manifest: Record<string, unknown>, begin: number): readonly Track[] {
  const files: readonly unknown[] = Array.isArray(manifest.files) ? manifest.files : [];
  const at = Number(manifest.started_at);
  const offset = at > 0 && Number.isFinite(begin) ? (at - begin) / 1e9 : 0;
  const speaker = lineOf(manifest.publisher_identity);
  return files.flatMap((file): readonly Track[] => {
    const path = lineOf((Object(file) as Record<string, unknown>).filename) ?? "";
    // By its last part: a path of a manifest never leads out of the folder.
    const found = entries.find(({ name }) => name === path.split("/").pop());
    if (found === undefined) return [];
    return [{ key: found.key, bytes: found.bytes, offset, ...(speaker === undefined ? {} : { speaker }) }];
  });
}
