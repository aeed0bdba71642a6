import { goesUp } from "../goes-up";

describe("messaging-hetzner", () =>
  goesUp({
    stack: "messaging-hetzner",
    hosts: ["hcloud", "Server"],
    volumes: ["control", "data"],
    persistent: 4,
    kept: ["records-passphrase"],
  }));
