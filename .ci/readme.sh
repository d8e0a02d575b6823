readme_command() { # the shell command in the README below the marker "<!-- $1 -->"
    awk -v marker="<!-- $1 -->" '$0 == marker { on = 1; next } on && /^```$/ { exit } on && !/^```/ && NF' README.md
}
