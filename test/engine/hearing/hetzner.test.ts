import { goesUp } from "../goes-up";

describe("hearing-hetzner", () =>
  goesUp({
    stack: "hearing-hetzner",
    hosts: ["hcloud", "Server"],
    volumes: ["control", "data"],
    persistent: 3,
    kept: ["records-passphrase"],
    conferences: "bigbluebutton",
    shown: true,
  }));
