#!/usr/bin/perl
# lines.pl UNCOVERED.TXT < gcov's JSON documents, one a line. Prints, per folder and in total, how many of the log's lines
# ran. Fails, and tells which, where one that did not run has no reason in UNCOVERED.TXT and where one that has did run,
# unless it may by chance; and below 98 %.
use strict;
use warnings;
use JSON::PP;

my $least = 98;
my (%count, %function);
while (my $document = <STDIN>) {
  for my $file (@{decode_json($document)->{files}}) {
    next unless $file->{file} =~ m{^log/};
    my %name = map { $_->{name} => $_->{demangled_name} } @{$file->{functions}};
    for my $line (@{$file->{lines}}) {
      my ($path, $number) = ($file->{file}, $line->{line_number});
      $count{$path}{$number} = ($count{$path}{$number} // 0) + $line->{count};
      $function{$path}{$number} = short_name($name{$line->{function_name} // ''} // '');
    }
  }
}

# kappa::log::(anonymous namespace)::Reader::next(int) -> next; what a template makes of it does not matter.
sub short_name {
  my ($name) = @_;
  $name =~ s/\(anonymous namespace\):://g;
  $name =~ s/\{lambda\(.*?\)#\d+\}/lambda/g;
  1 while $name =~ s/<[^<>]*>//g;
  $name =~ s/\[abi:\w+\]//g;
  $name =~ s/\(.*//;
  $name =~ s/.*[: ]//;
  return $name;
}

my %reason;
open my $list, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
while (<$list>) {
  next if /^#|^\s*$/;
  my ($place, $text, $why) = /^(\S+)\t(.+)\t(.+)$/ or die "$ARGV[0]:$.: not FILE:FUNCTION, text, reason with tabs\n";
  $reason{"$place\t$text"} = $why;
}

my (%all, %run, %used, @unnamed);
for my $path (sort keys %count) {
  open my $source, '<', $path or die "$path: $!\n";
  my @text = ('', <$source>);
  (my $folder = $path) =~ s{/[^/]*$}{};
  for my $number (sort { $a <=> $b } keys %{$count{$path}}) {
    $all{$folder}++;
    $run{$folder}++, next if $count{$path}{$number} > 0;
    (my $text = $text[$number]) =~ s/^\s+|\s+$//g;
    my $key = "$path:$function{$path}{$number}\t$text";
    $used{$key}++;
    push @unnamed, "$path:$number\n  $key\t\n" unless defined $reason{$key};
  }
}
my ($all, $run, $named) = (0, 0, 0);
for my $folder (sort keys %all) {
  $all += $all{$folder};
  $run += $run{$folder} //= 0;
  printf "%-32s %5d of %5d lines, %6.2f %%\n", $folder, $run{$folder}, $all{$folder}, 100 * $run{$folder} / $all{$folder};
}
die "coverage: nothing was counted\n" unless $all;
my $percent = 100 * $run / $all;
$named += $used{$_} // 0 for keys %reason;
printf "%-32s %5d of %5d lines, %6.2f %%; %d more are named in %s\n", 'log', $run, $all, $percent, $named, $ARGV[0];
my @stale = grep { !$used{$_} && $reason{$_} !~ /^by chance: / } sort keys %reason;
print "coverage: $ARGV[0] names what does run, or is no more; remove it:\n  $_\n" for @stale;
print "coverage: did not run, and has no reason in $ARGV[0]: $_" for @unnamed;
print "coverage: at least $least % are to run\n" if $percent < $least;
exit(@unnamed || @stale || $percent < $least ? 1 : 0);
