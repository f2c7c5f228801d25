"""Who asks: the key that signs tokens, the tokens, and the verifier that turns one into an identity."""
