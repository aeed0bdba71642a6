import { livesAndLeaves } from "./life";

describe("ministry-exoscale", () =>
  livesAndLeaves({
    stack: "ministry-exoscale",
    accepted: [],
    persistent: 10,
    kept: ["records-passphrase"],
    silent: ["UC-AI-003", "UC-AI-004"],
    shown: true,
  }));
