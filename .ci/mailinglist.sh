#!/usr/bin/env bash
# A real mailing list for the tests, the whole way on loopback: SMTP -> Postfix -> Mailman 3 -> Postfix -> Dovecot.
# The list is panel@lists.test; bot@mail.test is subscribed to it and has its mailbox on Dovecot.
#
#   .ci/mailinglist.sh DIR        installs what is missing, starts it, prints the value of ASKAHEAD_TEST_MAILINGLIST last
#   .ci/mailinglist.sh stop DIR   stops it; the folder stays
#
# DIR must be a new folder that every user may enter. Everything is below it, configuration and queues too: what Postfix,
# Mailman and Dovecot the machine has of its own is neither read nor touched. It needs root, since Postfix does.
set -euo pipefail
ci=$(cd "$(dirname "$0")" && pwd)

usage() { echo "usage: $0 DIR | $0 stop DIR" >&2; exit 2; }

# mailman DIR COMMAND… runs Mailman as its user.
mailman() {
  local dir=$1
  shift
  (cd "$dir/mailman" && exec env MAILMAN_CONFIG_FILE="$dir/mailman/mailman.cfg" HOME="$dir/mailman" \
    setpriv --reuid=list --regid=list --clear-groups /usr/lib/mailman3/bin/mailman -C "$dir/mailman/mailman.cfg" "$@")
}

# stop stops what runs below a folder; what was never started is not missed.
stop() {
  local dir=$1 master
  if [ -s "$dir/mailman/var/master.pid" ]; then
    master=$(cat "$dir/mailman/var/master.pid")
    kill "$master" 2>/dev/null || true
    for _ in $(seq 30); do
      kill -0 "$master" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL -- "-$master" 2>/dev/null || true # its runners are of its group; the one for REST takes long to end
  fi
  if [ -s "$dir/postfix/queue/pid/master.pid" ]; then postfix -c "$dir/postfix/etc" stop 2>/dev/null || true; fi
  if [ -e "$dir/dovecot/run/master.pid" ]; then "$ci/dovecot.sh" stop "$dir/dovecot" || true; fi
}

if [ "${1:-}" = stop ]; then
  [ $# -eq 2 ] || usage
  stop "$(cd "$2" && pwd)"
  exit
fi
[ $# -eq 1 ] || usage

# install installs packages, and keeps them from starting services of the machine.
install() {
  local policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    ours=1
  fi
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
  local result=0
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } >&2 || result=$?
  if [ -n "$ours" ]; then rm -f "$policy"; fi
  return "$result"
}

missing=()
for package in postfix mailman3 curl; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then install "${missing[@]}"; fi

mkdir -p "$1"
dir=$(cd "$1" && pwd)
chmod 755 "$dir"
trap 'stop "$dir"' ERR

imap=$("$ci/dovecot.sh" "$dir/dovecot" | tail -n 1)
mailbox=${imap##*&lmtp=}

free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
smtp=12025
until free "$smtp" && free $((smtp + 1)) && free $((smtp + 2)); do smtp=$((smtp + 3)); done
lmtp=$((smtp + 1)) rest=$((smtp + 2))

# Mailman takes the longest to start, so it starts first. What is not needed to deliver mail does not run.
mkdir -p "$dir/mailman/var"
chown -R list:list "$dir/mailman"
{
  cat <<CFG
[mailman]
layout: here
site_owner: owner@mail.test
[paths.here]
var_dir: $dir/mailman/var
bin_dir: /usr/lib/mailman3/bin
queue_dir: \$var_dir/queue
list_data_dir: \$var_dir/lists
log_dir: \$var_dir/logs
lock_dir: \$var_dir/locks
data_dir: \$var_dir/data
cache_dir: \$var_dir/cache
etc_dir: \$var_dir/etc
ext_dir: \$var_dir/ext
messages_dir: \$var_dir/messages
archive_dir: \$var_dir/archives
template_dir: \$var_dir/templates
pid_file: \$var_dir/master.pid
lock_file: \$lock_dir/master.lck
[database]
class: mailman.database.sqlite.SQLiteDatabase
url: sqlite:///$dir/mailman/var/mailman.db
[webservice]
hostname: 127.0.0.1
port: $rest
admin_user: rest
admin_pass: rest
[mta]
incoming: mailman.mta.null.NullMTA
outgoing: mailman.mta.deliver.deliver
lmtp_host: 127.0.0.1
lmtp_port: $lmtp
smtp_host: 127.0.0.1
smtp_port: $smtp
CFG
  for runner in archive bounces command digest nntp retry; do printf '[runner.%s]\nstart: no\n' "$runner"; done
} >"$dir/mailman/mailman.cfg"
mailman "$dir" start --quiet >"$dir/mailman/start.log" 2>&1 || { cat "$dir/mailman/start.log" >&2; false; }

mkdir -p "$dir/postfix/etc" "$dir/postfix/queue" "$dir/postfix/data"
chown postfix "$dir/postfix/data"
cat >"$dir/postfix/etc/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $dir/postfix/queue
data_directory = $dir/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = $dir/postfix/mail.log
maillog_file_prefixes = $dir
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = mail.test, lists.test
virtual_mailbox_maps = static:ok
transport_maps = inline:{ lists.test=lmtp:inet:127.0.0.1:$lmtp, mail.test=lmtp:inet:127.0.0.1:$mailbox }
local_recipient_maps =
alias_maps =
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
smtpd_recipient_restrictions = permit_mynetworks, reject
disable_dns_lookups = yes
smtp_dns_support_level = disabled
biff = no
CF
sed -e "s/^smtp      inet /127.0.0.1:$smtp inet /" /usr/share/postfix/master.cf.dist >"$dir/postfix/etc/master.cf"
postconf -c "$dir/postfix/etc" -F '*/*/chroot = n'
postfix -c "$dir/postfix/etc" start >"$dir/postfix/start.log" 2>&1 || { cat "$dir/postfix/start.log" >&2; false; }

# ask METHOD PATH DATA… speaks to Mailman.
ask() {
  local method=$1 path=$2 data=()
  shift 2
  for one in "$@"; do data+=(--data-urlencode "$one"); done
  curl -sSf -o /dev/null --noproxy '*' -u rest:rest -X "$method" "${data[@]}" "http://127.0.0.1:$rest/3.1/$path"
}
for _ in $(seq 600); do
  if ! free "$rest" && ! free "$lmtp"; then break; fi
  sleep 0.1
done
ask POST domains mail_host=lists.test
ask POST lists fqdn_listname=panel@lists.test
ask PATCH lists/panel@lists.test/config default_nonmember_action=accept subject_prefix='[panel] '
ask POST members list_id=panel.lists.test subscriber=bot@mail.test display_name=Bot \
  pre_verified=true pre_confirmed=true pre_approved=true send_welcome_message=false

echo "$imap&smtp=127.0.0.1:$smtp&list=panel@lists.test"
