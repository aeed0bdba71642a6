import { invalid } from "./errors";
import { dataPool, type HostSize, type PodRequest } from "./plan";

/** Reserve of every host for its own programs: kubelet, containerd, filter, journals, and what Kubernetes itself runs as pods. */
export const reserved = { cores: 0.5, memoryMib: 1_024 } as const;

/** Fewest application hosts: with two, the loss of one leaves no place for the second replica of anything. */
const fewestHosts = 3;

/** Cores and memory that pods take, or that a host has left for them. */
interface Room {
  readonly cpu: number;
  readonly memoryMib: number;
}

const roomOf = ({ cores, memoryGib }: HostSize): Room => ({
  cpu: cores - reserved.cores,
  memoryMib: memoryGib * 1_024 - reserved.memoryMib,
});

const sum = (rooms: readonly Room[]): Room =>
  rooms.reduce((all, { cpu, memoryMib }) => ({ cpu: all.cpu + cpu, memoryMib: all.memoryMib + memoryMib }), {
    cpu: 0,
    memoryMib: 0,
  });

const fits = ({ cpu, memoryMib }: Room, room: Room): boolean => cpu <= room.cpu && memoryMib <= room.memoryMib;

const tooSmall = (
  hosts: "application" | "data" | "graphics",
  need: Room,
  of: string,
  { cores, memoryGib }: HostSize,
): RangeError =>
  invalid(
    `${hosts} hosts of at least ${rounded(need.cpu + reserved.cores)} cores and ${Math.ceil((need.memoryMib + reserved.memoryMib) / 1_024)} GiB for ${of}`,
    `${cores} cores and ${memoryGib} GiB`,
    `take a larger machine type for ${hosts} hosts`,
  );

/** Sums of tenths are none in binary. */
const rounded = (cores: number): number => Math.round(cores * 100) / 100;

/**
 * Application hosts for a list of requests, one of them spare: as many as the pods fill, and no fewer than three.
 *
 * @throws RangeError when one pod does not fit onto a host of this size, beside those that are on every host.
 */
export function applicationHosts(requests: readonly PodRequest[], size: HostSize): number {
  const here = requests.filter(({ hosts = "application" }) => hosts === "application");
  const everywhere = sum(here.filter(({ replicas }) => replicas === "every host"));
  const whole = roomOf(size);
  const room: Room = { cpu: whole.cpu - everywhere.cpu, memoryMib: whole.memoryMib - everywhere.memoryMib };
  const large = here.find((one) => !fits(one.replicas === "every host" ? everywhere : sum([one, everywhere]), whole));
  if (large !== undefined)
    throw tooSmall(
      "application",
      large.replicas === "every host" ? everywhere : sum([large, everywhere]),
      `a pod of ${large.tier}`,
      size,
    );
  const pods = here.flatMap((one): readonly PodRequest[] =>
    one.replicas === "every host" ? [] : Array.from({ length: one.replicas }, () => one),
  );
  return Math.max(fewestHosts, packed(pods, room) + 1);
}

/**
 * Checks that the first host of every pool with volumes holds the first replica of every tier that has volumes there: no other has more pods.
 *
 * @throws RangeError when one does not.
 */
export function dataHostsHold(requests: readonly PodRequest[], size: HostSize): void {
  const all = requests.filter(({ hosts }) => hosts === "data");
  for (const pool of new Set(all.map(poolOf))) {
    const here = all.filter((one) => poolOf(one) === pool);
    const need = sum(here);
    if (!fits(need, roomOf(size)))
      throw tooSmall("data", need, `one pod each of ${here.map(({ tier }) => tier).join(", ")}`, size);
  }
}

/** Hosts of a tier that works with graphics processors, or does without. */
export const hostsOf = (graphics: boolean): Pick<PodRequest, "hosts"> => (graphics ? { hosts: "graphics" } : {});

/**
 * Hosts with graphics processors: one for each pod, since a pod takes its host's processor whole.
 *
 * @throws RangeError where there may be none, and when a pod does not fit onto a host of this size.
 */
export function graphicsHosts(requests: readonly PodRequest[], hasGraphics: boolean, size?: HostSize): number {
  const here = requests.filter(({ hosts }) => hosts === "graphics");
  if (here.length > 0 && !hasGraphics)
    throw invalid(
      `hosts with graphics processors for ${here.map(({ tier }) => tier).join(", ")}`,
      undefined,
      "give their machine type and the key of NVIDIA's toolkit, or plan without graphics",
    );
  const large = size && here.find((one) => !fits(one, roomOf(size)));
  if (size && large) throw tooSmall("graphics", large, `a pod of ${large.tier}`, size);
  return here.reduce((sum, { replicas }) => sum + (replicas === "every host" ? 0 : replicas), 0);
}

const poolOf = ({ pool = dataPool }: PodRequest): string => pool;

/** Hosts that some pods fill when the largest are placed first, each on the first host where it fits. */
function packed(pods: readonly Room[], room: Room): number {
  const share = ({ cpu, memoryMib }: Room): number => cpu / room.cpu + memoryMib / room.memoryMib;
  const left: { cpu: number; memoryMib: number }[] = [];
  for (const pod of [...pods].sort((a, b) => share(b) - share(a))) {
    const found = left.find((free) => fits(pod, free));
    const free = found ?? { ...room };
    free.cpu -= pod.cpu;
    free.memoryMib -= pod.memoryMib;
    if (found === undefined) left.push(free);
  }
  return left.length;
}
