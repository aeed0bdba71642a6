import { goesUp } from "../goes-up";

describe("messaging-exoscale", () =>
  goesUp({
    stack: "messaging-exoscale",
    hosts: ["exoscale", "ComputeInstance"],
    volumes: ["control", "data"],
    persistent: 4,
    kept: ["records-passphrase"],
    silent: ["UC-REC-001", "UC-AI-002", "UC-AI-003", "UC-AI-004"],
  }));
