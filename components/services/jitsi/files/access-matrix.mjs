/**
 * People who come from Element: its widget of a meeting has a token of theirs that a homeserver gives for a while to say who they are (Matrix, "OpenID"). The homeserver is
 * asked whose it is. The widget carries it in a JSON Web Token that nobody signed, and that is believed in nothing else.
 */
import { parsed } from "./access-tokens.mjs";

const word = (value) => (typeof value === "string" && value !== "" && value.length <= 512 ? value : undefined);

/**
 * @param serverName the homeserver whose people are let in; a token that names another is refused before anybody is asked.
 * @param address the homeserver itself: https.
 * @param asking asks for JSON.
 */
export function homeserver({ serverName, address, moderator, asking }) {
  return {
    /** The person whose token it is. @throws Error where there is none. */
    async person(carried) {
      const { claims } = parsed(carried);
      const matrix = claims.context?.matrix;
      const token = word(matrix?.token);
      if (token === undefined) throw new Error("the widget's token carries no token of a homeserver");
      if (matrix.server_name !== serverName) throw new Error("the widget's token names another homeserver");
      const query = new URLSearchParams({ access_token: token });
      const { status, body } = await asking(`${address}/_matrix/federation/v1/openid/userinfo?${query}`);
      const id = status === 200 ? word(body?.sub) : undefined;
      if (id === undefined) throw new Error(`the homeserver knows nobody by the widget's token (${status})`);
      if (!/^@[^:]+:/.test(id) || id.slice(id.indexOf(":") + 1) !== serverName)
        throw new Error("the homeserver names somebody of another");
      return { id, name: word(claims.context.user?.name)?.slice(0, 64) ?? id, moderator };
    },
  };
}
