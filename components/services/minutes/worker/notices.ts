import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import { Away } from "./problems";

export interface MailSettings {
  readonly host: string;
  readonly port: number;
  readonly from: string;
  readonly user?: string;
  readonly password?: string;
  /** False where the relay has no TLS, as in tests. */
  readonly tls: boolean;
}

/** A message to one person. */
export interface Notice {
  readonly meeting: string;
  /** Mail address, or the name by which the person signs in. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A text that is the same however often a person is told of a meeting. */
export const noticeId = ({ meeting, to }: Pick<Notice, "meeting" | "to">): string =>
  createHash("sha256").update(`${meeting}\n${to}`).digest("hex").slice(0, 40);

/** Ports at which relays wait for STARTTLS (RFC 6409, RFC 5321); at every other one TLS is there from the start (RFC 8314). */
const startTlsPorts: readonly number[] = [25, 587];

/**
 * Messages by mail. A message to a person about a meeting has the same Message-ID however often it is sent: a worker that dies between the relay's answer and its own
 * note sends it again, and a mailbox can tell.
 */
export class Mail {
  constructor(private readonly settings: MailSettings) {}

  async send({ meeting, to, subject, text }: Notice): Promise<void> {
    const { host, port, from, user, password, tls } = this.settings;
    const transport = createTransport({
      host,
      port,
      secure: tls && !startTlsPorts.includes(port),
      requireTLS: tls && startTlsPorts.includes(port),
      ignoreTLS: !tls,
      connectionTimeout: 20_000,
      greetingTimeout: 20_000,
      socketTimeout: 60_000,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
    });
    try {
      await transport.sendMail({
        from,
        // As an object: nothing in an address is read as a list of addresses.
        to: { name: "", address: to },
        subject,
        text,
        messageId: `<${noticeId({ meeting, to })}@${from.split("@").pop() ?? "minutes"}>`,
        headers: { "auto-submitted": "auto-generated", "x-machine-generated": "true" },
      });
    } catch (error) {
      throw new Away("mail", (error as { readonly code?: string }).code ?? "the relay took no message");
    } finally {
      transport.close();
    }
  }
}
