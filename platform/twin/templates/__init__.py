"""Templates: parts of drawings, to be placed again for other assets. Everybody in the tenant has them."""
