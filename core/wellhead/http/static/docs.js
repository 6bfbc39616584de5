// Swagger UI on this server's own document: nothing is asked of any other host.
SwaggerUIBundle({
  url: new URL("openapi.json", location.href).href,
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  withCredentials: false,
});
