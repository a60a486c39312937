# tls.sh: certificates for tests that speak TLS, on top of lib.sh.

# certificate NAME: NAME.pem and NAME.key, of a server on this machine.
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" \
		-days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>"$T/openssl" ||
		bail "no certificate: $(cat "$T/openssl")"
	chmod 640 "$1.key"
}
