import { goesUp } from "../goes-up";

describe("portal-hetzner", () =>
  goesUp({
    stack: "portal-hetzner",
    hosts: ["hcloud", "Server"],
    volumes: ["control"],
    persistent: 0,
    kept: [],
    silent: ["UC-IDN-001", "UC-AI-002", "UC-AI-003", "UC-FED-001", "UC-AI-004"],
    conferences: "openvidu",
    shown: true,
  }));
