#!/usr/bin/env bash
# A real IMAP server for the tests: Dovecot on loopback, everything below one folder.
#
#   .ci/dovecot.sh DIR        installs what is missing, starts it, prints the value of ASKAHEAD_TEST_DOVECOT last
#   .ci/dovecot.sh stop DIR   stops it; the folder stays
#
# DIR must be a folder that every user may enter, since Dovecot's processes do not run as root.
set -euo pipefail

usage() { echo "usage: $0 DIR | $0 stop DIR" >&2; exit 2; }

if [ "${1:-}" = stop ]; then
  [ $# -eq 2 ] || usage
  exec doveadm -c "$2/dovecot.conf" stop
fi
[ $# -eq 1 ] || usage

missing=()
for package in dovecot-imapd dovecot-lmtpd openssl; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
fi

mkdir -p "$1"
dir=$(cd "$1" && pwd)
chmod 755 "$dir"
mkdir -p "$dir/mail"
chown mail:mail "$dir/mail"

curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${curve[@]}" -days 2 -keyout "$dir/ca.key" -out "$dir/ca.pem" -subj "/CN=askahead test CA" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" 2>/dev/null
openssl req "${curve[@]}" -keyout "$dir/server.key" -out "$dir/server.csr" -subj "/CN=localhost" 2>/dev/null
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >"$dir/extensions"
openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
  -extfile "$dir/extensions" -out "$dir/server.pem" 2>/dev/null

free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
port=10993
until free "$port" && free $((port + 1)) && free $((port + 2)); do port=$((port + 3)); done

echo 'bot:{PLAIN}secret::::::' >"$dir/users"
cat >"$dir/dovecot.conf" <<CONF
base_dir = $dir/run
state_dir = $dir/state
instance_name = askahead-test-$port
log_path = $dir/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <$dir/server.pem
ssl_key = <$dir/server.key
disable_plaintext_auth = yes
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_username_format = %Ln
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
mail_home = $dir/mail/%u
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 50
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $dir/users
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$dir/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Archive {
    auto = create
    special_use = \Archive
  }
}
service imap-login {
  inet_listener imaps {
    port = $port
    ssl = yes
  }
  inet_listener imap {
    port = $((port + 1))
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $((port + 2))
  }
}
protocol lmtp {
  postmaster_address = postmaster@mail.test
}
service anvil {
  chroot =
}
CONF
dovecot -c "$dir/dovecot.conf"
for _ in $(seq 100); do
  free "$port" || break
  sleep 0.1
done
if free "$port"; then
  cat "$dir/dovecot.log" >&2
  echo "dovecot does not answer on port $port" >&2
  exit 1
fi
echo "imaps://bot:secret@127.0.0.1:$port?ca=$dir/ca.pem&config=$dir/dovecot.conf&starttls=$((port + 1))&lmtp=$((port + 2))"
