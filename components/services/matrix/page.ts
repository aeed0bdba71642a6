/** Name of the frame that the homeserver puts around each of its pages. */
export const pageFrame = "_base.html";

/**
 * That frame, in the place of upstream's, which shows a picture from matrix.org, and so tells it who signs in here (synapse/res/templates/_base.html at a58ad44 and in the
 * release 1.163.2). Blocks and the sheet of styles have the names that pages give them; what else asks others there is for mails and captchas, which are off.
 */
export const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<title>{% block title %}{% endblock %}</title>
<style>
{% include "style.css" without context %}
</style>
{% block header %}{% endblock %}
</head>
<body>
{% block body %}{% endblock %}
</body>
</html>
`;
