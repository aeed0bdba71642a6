import type { Kind } from "../kind";
import { serverType } from "../machines";
import { all, oneOf } from "../property-checks";
import { flag, number, own, text } from "../values";
import { labels, volumePlace, volumeSize } from "./checks";
import { limits, locations } from "./facts";
import { inUse, protect, refuse } from "./refuse";
import { types } from "./server";

export const volume: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["location"],
  keeps: ["location", "serverId"],
  defaults: { deleteProtection: false },
  computed: ["location", "serverId"],
  check: all(labels, volumeSize(limits.volumeGb), volumePlace, oneOf("format", ["ext4", "xfs"])),
  create: (operation) => {
    const { inputs, store } = operation;
    const host = store.get(serverType, String(own(inputs, "serverId")));
    const location = text(inputs, "location") ?? text(host?.properties, "location") ?? "";
    if (locations[location] === undefined)
      refuse("invalid_input", `invalid input in field 'location': ["${location}" is no location]`);
    const id = String(store.nextId());
    return {
      id,
      outputs: {
        location,
        linuxDevice: `/dev/disk/by-id/scsi-0HC_Volume_${id}`,
        serverId: number(inputs, "serverId") ?? 0,
      },
    };
  },
  update: ({ inputs, state }) => {
    if ((number(inputs, "size") ?? 0) < (number(state, "size") ?? 0)) refuse("invalid_input", "a volume can only grow");
    return {};
  },
  remove: ({ store, id }) => {
    protect(store.get(types.volume, id), "volume");
    inUse("volume", id, store.get(types.volumeAttachment, id) === undefined ? [] : ["an attachment"]);
  },
};

export const volumeAttachment: Kind = {
  replaces: ["serverId", "volumeId"],
  create: ({ inputs, store }) => {
    const [volumeId, serverId] = [String(own(inputs, "volumeId")), String(own(inputs, "serverId"))];
    const target = store.get(types.volume, volumeId);
    const host = store.get(serverType, serverId);
    if (target === undefined) return refuse("not_found", `volume with ID '${volumeId}' not found`);
    if (host === undefined) return refuse("not_found", `server with ID '${serverId}' not found`);
    const other = store.get(types.volumeAttachment, volumeId);
    if (other !== undefined)
      refuse(
        "volume_already_attached",
        `volume ${volumeId} is attached to server ${String(other.properties["serverId"])} already`,
      );
    if (target.properties["location"] !== host.properties["location"])
      refuse("invalid_input", "volume and server are in different locations");
    return { id: volumeId, outputs: { automount: flag(inputs, "automount") } };
  },
};
