"""What the sentences claim: triggers, arguments, factuality, time, and the claims made of them."""
