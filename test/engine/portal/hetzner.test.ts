import { goesUp } from "../goes-up";

describe("portal-hetzner", () =>
  goesUp({
    stack: "portal-hetzner",
    hosts: ["hcloud", "Server"],
    volumes: ["control"],
    persistent: 0,
    kept: [],
    conferences: "openvidu",
    shown: true,
  }));
