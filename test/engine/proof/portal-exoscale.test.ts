import { goesUp } from "../goes-up";

describe("portal-exoscale", () =>
  goesUp({
    stack: "portal-exoscale",
    hosts: ["exoscale", "ComputeInstance"],
    volumes: ["control"],
    persistent: 0,
    kept: [],
    silent: ["UC-IDN-001", "UC-AI-002", "UC-AI-003", "UC-FED-001", "UC-AI-004"],
    conferences: "openvidu",
  }));
