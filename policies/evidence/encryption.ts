import { at } from "../extract/value";
import type { Subject } from "../rule";
import type { Text } from "./law";

/** Choice of end-to-end encryption for one service. */
export interface EncryptionChoice {
  readonly service: string;
  /** Name of the component. */
  readonly name: string;
  readonly choice: "end-to-end" | "transport" | "not known";
  /** Effect of the choice. */
  readonly effect: Text;
  /** Reason that the operator gave; undefined for none. */
  readonly reason: string | undefined;
}

interface ServiceFact {
  readonly service: string;
  readonly choice: (inputs: Subject["properties"]) => EncryptionChoice["choice"];
  readonly effect: Readonly<Record<EncryptionChoice["choice"], Text>>;
  /** File that says so. */
  readonly source: string;
}

const unseen: Text = {
  en: "its inputs are not in this input",
  de: "seine Angaben stehen nicht in dieser Eingabe",
  fr: "ses indications ne figurent pas dans cette entrée",
};

/** A service whose servers read what they carry, with no choice. */
const readable = (service: string, source: string, en: string, de: string, fr: string): ServiceFact => ({
  service,
  source,
  choice: () => "transport",
  effect: { transport: { en, de, fr }, "end-to-end": unseen, "not known": unseen },
});

/** Services of this library by the token of their component. */
const services: Readonly<Record<string, ServiceFact>> = {
  "sovereign-uc:index:Jitsi": {
    service: "Jitsi",
    source: "components/services/jitsi/args.ts and web.ts",
    choice: (inputs) => {
      const chosen = at(inputs, "confidentiality");
      return chosen === "end-to-end" || chosen === "transport" ? chosen : "not known";
    },
    effect: {
      "end-to-end": {
        en: "clients can encrypt media so that bridges cannot read it; a server cannot force them to; nothing is recorded or transcribed",
        de: "Clients können Medien so verschlüsseln, dass die Bridges sie nicht lesen; erzwingen kann es der Server nicht; nichts wird aufgezeichnet oder verschriftet",
        fr: "les clients peuvent chiffrer les médias hors de portée des ponts ; le serveur ne peut l'imposer ; rien n'est enregistré ni transcrit",
      },
      transport: {
        en: "DTLS-SRTP to the operator's own bridges, which could read the media",
        de: "DTLS-SRTP bis zu den eigenen Bridges, welche die Medien lesen könnten",
        fr: "DTLS-SRTP jusqu'aux ponts de l'exploitant, qui pourraient lire les médias",
      },
      "not known": unseen,
    },
  },
  "sovereign-uc:index:Matrix": {
    service: "Matrix",
    source: "components/services/matrix/homeserver.ts (encryption_enabled_by_default_for_room_type)",
    choice: () => "end-to-end",
    effect: {
      "end-to-end": {
        en: "new rooms are encrypted by default (Megolm); the homeserver sees who writes to whom and when, and rooms that were made before stay as they are",
        de: "neue Räume sind ab Werk verschlüsselt (Megolm); der Homeserver sieht, wer wem wann schreibt, und ältere Räume bleiben, wie sie sind",
        fr: "les nouveaux salons sont chiffrés par défaut (Megolm) ; le serveur voit qui écrit à qui et quand, et les salons antérieurs restent tels quels",
      },
      transport: unseen,
      "not known": unseen,
    },
  },
  "sovereign-uc:index:BigBlueButton": readable(
    "BigBlueButton",
    "components/services/bigbluebutton/index.ts",
    "DTLS-SRTP to the operator's own servers, which mix sound and read the media",
    "DTLS-SRTP bis zu den eigenen Servern, die den Ton mischen und die Medien lesen",
    "DTLS-SRTP jusqu'aux serveurs de l'exploitant, qui mixent le son et lisent les médias",
  ),
  "sovereign-uc:index:OpenVidu": readable(
    "OpenVidu",
    "components/services/openvidu/index.ts",
    "DTLS-SRTP to the operator's own servers; a portal's page may encrypt from end to end, which a server cannot force and this input does not show",
    "DTLS-SRTP bis zu den eigenen Servern; die Seite eines Portals kann Ende zu Ende verschlüsseln, was der Server nicht erzwingt und diese Eingabe nicht zeigt",
    "DTLS-SRTP jusqu'aux serveurs de l'exploitant ; la page d'un portail peut chiffrer de bout en bout, ce que le serveur n'impose pas et que cette entrée ne montre pas",
  ),
  "sovereign-uc:index:Nextcloud": readable(
    "Nextcloud",
    "components/services/nextcloud/index.ts",
    "TLS and DTLS-SRTP to the operator's own servers, which read files and calls; end-to-end encryption of calls is off, since it locks out clients",
    "TLS und DTLS-SRTP bis zu den eigenen Servern, die Dateien und Anrufe lesen; Ende-zu-Ende-Verschlüsselung der Anrufe ist aus, da sie Clients aussperrt",
    "TLS et DTLS-SRTP jusqu'aux serveurs de l'exploitant, qui lisent fichiers et appels ; le chiffrement de bout en bout des appels est désactivé, car il exclut des clients",
  ),
  "sovereign-uc:index:Mail": readable(
    "Mail",
    "components/services/mail/index.ts",
    "TLS to the operator's own server, which reads messages that clients do not encrypt themselves",
    "TLS bis zum eigenen Server, der Nachrichten liest, welche die Clients nicht selbst verschlüsseln",
    "TLS jusqu'au serveur de l'exploitant, qui lit les messages que les clients ne chiffrent pas eux-mêmes",
  ),
};

/**
 * Choices of the services that are among resources.
 *
 * @param reasons reasons of the operator by the component's name. None is made up.
 */
export function choicesOf(
  resources: readonly Subject[],
  reasons: Readonly<Record<string, string>>,
): readonly EncryptionChoice[] {
  return resources.flatMap(({ type, name, properties }) => {
    const fact = Object.keys(services).includes(type) ? services[type] : undefined;
    if (fact === undefined) return [];
    const choice = fact.choice(properties);
    const reason = Object.keys(reasons).includes(name) ? reasons[name] : undefined;
    return [{ service: fact.service, name, choice, effect: fact.effect[choice], reason }];
  });
}
