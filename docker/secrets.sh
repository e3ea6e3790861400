#!/bin/sh
# Make the portal's secrets as files in docker/secrets/, which git ignores; what is there already stays.
# Usage: docker/secrets.sh 'smtp+tls://user:password@mail.example:587'
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
# Only this folder's owner gets here; inside the containers each file must be readable by a user who is not root.
put() { [ -e "secrets/$1" ] || { printf '%s' "$2" >"secrets/$1"; chmod 0444 "secrets/$1"; }; }
[ -e secrets/email_url ] || [ $# -eq 1 ] || { echo "Name the mail server: docker/secrets.sh 'smtp+tls://user:password@mail.example:587'" >&2; exit 1; }
put secret_key "$(random)"
put postgres_password "$(random)"
put database_url "postgres://portal:$(cat secrets/postgres_password)@postgres:5432/portal"
put email_url "${1:-}"
