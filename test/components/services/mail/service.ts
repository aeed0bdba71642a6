import { Mail, planMail } from "../../../../components/services/mail";
import { upstream } from "../../../../components/services/mail/upstream";
import { givenWord, type ServiceDescription } from "../described";
import { connections, planArgs } from "./given";

export const service: ServiceDescription = {
  upstream,
  component: "Mail",
  // The platform's doors are those of mail, which no other platform may have. The relay's is none of them, so conferencing's own filters stay clear of all.
  found: [
    ["UC-NET-001", /opens SMTP 25 inwards/],
    ["UC-NET-001", /opens SMTP over TLS 465 inwards/],
    ["UC-NET-001", /opens IMAP over TLS 993 inwards/],
  ],
  planned: (name, domain) => {
    const { next, ...inside } = planArgs(name, domain);
    // A platform has one port 25: of two on one, the second keeps its mail inside.
    const world = !name.endsWith("-b") && next !== undefined;
    const plan = planMail({ ...inside, ...(world ? { next } : {}) });
    return {
      plan,
      make: (on) => {
        const { next: way, ...all } = connections(name, givenWord);
        const mail = new Mail(name, { on, plan, ...all, ...(world && way !== undefined ? { next: way } : {}) });
        return { host: mail.host, relay: mail.relay("cloud").host };
      },
    };
  },
};
