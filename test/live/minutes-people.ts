/** People of the tests of minutes on live nodes, and ports of the hub in its pod. */
import type { Known } from "../servers/minutes-places";

export const people = [
  { id: "id-anna", username: "anna.meier", email: "anna.meier@example.ch" },
  { id: "id-beat", username: "beat.roth", email: "beat.roth@example.ch" },
  { id: "id-carla", username: "carla.outsider", email: "carla@example.ch" },
] as const satisfies readonly Known[];

/** Those who were in the meeting. */
export const present = ["anna.meier", "beat.roth"] as const;

export const passwordOf = (username: string): string => `password of ${username}`;

export const hubPorts = { https: 8443, mail: 2465, http: 8080 } as const;

/** Port on the loopback address at which the hub tells what it holds. */
export const readerPort = 9_000;
