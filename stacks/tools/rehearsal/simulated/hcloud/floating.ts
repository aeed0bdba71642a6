import { publicAddress, publicNetwork6 } from "../addresses";
import { shown } from "../checks";
import type { Kind, Operation } from "../kind";
import { serverType } from "../machines";
import { all, Check, oneOf } from "../property-checks";
import { number, own, Properties, text } from "../values";
import { labels } from "./checks";
import { locations } from "./facts";
import { protect, refuse } from "./refuse";
import { types } from "./server";

const home: Check = (inputs) =>
  own(inputs, "homeLocation") === undefined && own(inputs, "serverId") === undefined
    ? [
        {
          property: "homeLocation",
          reason: `expected "homeLocation" or "serverId", got ${shown(undefined)}; set "homeLocation"`,
        },
      ]
    : [];

function holder(store: Operation["store"], inputs: Properties): number {
  const id = number(inputs, "serverId") ?? 0;
  if (id !== 0 && store.get(serverType, String(id)) === undefined)
    refuse("not_found", `server with ID '${id}' not found`);
  return id;
}

export const floatingIp: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["homeLocation", "type"],
  keeps: ["homeLocation", "name", "serverId"],
  defaults: { deleteProtection: false },
  computed: ["homeLocation", "serverId"],
  check: all(labels, oneOf("type", ["ipv4", "ipv6"]), home),
  create: ({ inputs, store }) => {
    const serverId = holder(store, inputs);
    const homeLocation =
      text(inputs, "homeLocation") ?? String(store.get(serverType, String(serverId))?.properties["location"] ?? "");
    if (locations[homeLocation] === undefined)
      refuse("invalid_input", `invalid input in field 'home_location': ["${homeLocation}" is no location]`);
    const id = store.nextId();
    const network6 = publicNetwork6("hcloud", id);
    const v4 = text(inputs, "type") === "ipv4";
    return {
      id: String(id),
      outputs: {
        homeLocation,
        serverId,
        ipAddress: v4 ? publicAddress("hcloud", id) : network6.replace("/64", ""),
        ipNetwork: v4 ? "" : network6,
      },
    };
  },
  update: ({ inputs, store }) => ({ serverId: holder(store, inputs) }),
  remove: ({ store, id }) => {
    protect(store.get(types.floatingIp, id), "floating IP");
    // An assignment ends with its address.
    store.remove(types.floatingIpAssignment, id);
  },
};

export const floatingIpAssignment: Kind = {
  replaces: ["floatingIpId"],
  create: ({ inputs, store }) => {
    const id = String(own(inputs, "floatingIpId"));
    if (store.get(types.floatingIp, id) === undefined)
      return refuse("not_found", `floating IP with ID '${id}' not found`);
    holder(store, inputs);
    return { id, outputs: {} };
  },
  update: ({ inputs, store }) => {
    holder(store, inputs);
    return {};
  },
};
