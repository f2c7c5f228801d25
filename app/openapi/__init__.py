"""The HTTP interface, described: small declarations of every route, put together to an OpenAPI 3.1 document."""
