import { livesAndLeaves } from "./life";

describe("mail-exoscale", () =>
  livesAndLeaves({
    stack: "mail-exoscale",
    accepted: [
      /^port 465 accepted inwards as the stack's own: .*ministry's mail/,
      /^port 993 accepted inwards as the stack's own: .*ministry's mail/,
    ],
    persistent: 9,
    kept: ["records-passphrase"],
    silent: ["UC-IDN-001", "UC-REC-001", "UC-AI-002", "UC-AI-003", "UC-FED-001", "UC-AI-004", "UC-IDN-003"],
  }));
