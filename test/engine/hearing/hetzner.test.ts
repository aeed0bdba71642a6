import { goesUp } from "../goes-up";

describe("hearing-hetzner", () =>
  goesUp({
    stack: "hearing-hetzner",
    hosts: ["hcloud", "Server"],
    volumes: ["control", "data", "server"],
    persistent: 3,
    kept: ["records-passphrase"],
    silent: ["UC-AI-003", "UC-FED-001", "UC-AI-004"],
    conferences: "bigbluebutton",
    shown: true,
  }));
