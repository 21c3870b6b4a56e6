#compdef sidelite
# Completion of sidelite's commands for zsh.
# In ~/.zshrc after compinit: eval "$(sidelite completion zsh)"
# or once: sidelite completion zsh > "${fpath[1]}/_sidelite"

# KIND: offers the names that exist now.
_sidelite_live() {
  local -a names
  names=(${(f)"$(printf '%s\0' "${(@)typed}" | command sidelite __complete $1 2>/dev/null)"})
  compadd "${@:2}" -a names
}

# The worker's own words, as if they stood alone.
_sidelite_command() {
  if [[ $words[1] == -- ]]; then
    shift words
    ((CURRENT -= 1))
  fi
  _normal
}

_sidelite() {
  local -a typed=("${(@)words[1,CURRENT]}") firsts
# GRAMMAR
}

if [[ ${funcstack[1]} == _sidelite ]]; then
  _sidelite "$@"
else
  compdef _sidelite sidelite
fi
