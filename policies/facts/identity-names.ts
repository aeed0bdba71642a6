/** Names of settings, in one spelling, under which the address of an identity provider or a directory stands. They are read as words: no single upstream defines them. */
export const identityNames =
  /^(issuer|issuer_ur[il])$|(^|_)(oidc|openid|openid_connect|oauth2?|sso|idp|keycloak|saml|ldap|entra|azure_ad|identity_provider)(_[a-z0-9]{1,30}){0,4}_(issuer|issuer_ur[il]|discovery_ur[il]|provider_ur[il]|authority|authority_ur[il]|server_ur[il]|base_ur[il]|metadata_ur[il]|auth_ur[il]|token_ur[il]|ur[il]|hosts?|servers?|endpoint)$/;
