import {
  OpenVidu,
  openViduCacheClients,
  openViduServers,
  planOpenVidu,
  planValkey,
  Platform,
  Valkey,
} from "../../components";
import { data, generation, number } from "../keys";
import { blueprint } from "./blueprint";

/**
 * OpenVidu for citizens: video appointments inside the web portals of an authority. The portals are there already and stay where they are. Each of their back ends gets an
 * address and a key, with which it opens rooms and lets people in (`stacks/examples/citizen-portal.ts`).
 *
 * Servers find each other's rooms in a cache, and nothing else is kept: when everything is lost, portals open their rooms again.
 */
export const portal = blueprint({
  settings: {
    participants: number(),
    portals: data<readonly string[]>(),
    secretsGeneration: generation(),
  },
  deploy: ({ name, ...place }, { participants, portals, secretsGeneration }) => {
    const rooms = planOpenVidu({ name: "rooms", domain: place.domain, participants, portals });
    const cache = planValkey({ name: "cache", memoryMib: 128, clients: openViduCacheClients(rooms) });
    const platform = new Platform(name, { ...place, plans: [rooms, cache] });

    const valkey = new Valkey("cache", { on: platform, plan: cache, secretsGeneration });
    const openvidu = new OpenVidu("rooms", {
      on: platform,
      plan: rooms,
      cache: valkey.access({ from: openViduServers(platform, rooms) }),
      secretsGeneration,
    });
    return {
      portals: Object.fromEntries(Object.entries(openvidu.portals).map(([name, access]) => [name, asText(access)])),
      records: platform.records,
      kubeconfig: platform.kubeconfig,
    };
  },
});

/** Access as a back end reads it, with its secret as text; it stays a secret in the stack's state. */
const asText = ({ apiSecret, ...access }: OpenVidu["portals"][string]) => ({ ...access, apiSecret: apiSecret.value });
