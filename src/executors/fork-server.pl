# Begins commands for the process that started this one, and tells it how they ended. A fork takes
# as long as the memory of the process is big that forks, and this one has next to none. It speaks
# what `fork-server.ts` says. All that it began ends with it, because it ends with its starter.
use strict;
use warnings;
use Errno ();
use Fcntl ();
use POSIX ();

$0 = 'mesostate-fork-server';

# Handlers that do nothing, because a child would inherit it if these signals were ignored.
# Whoever ends all processes of a service ends the commands too; how these end is to be told.
$SIG{$_} = sub { }
  for qw(TERM INT HUP PIPE);
pipe( my $wake_reader, my $wake_writer ) or die "no pipe: $!";
$SIG{CHLD} = sub { syswrite $wake_writer, '.' };

# So many may be on their way from fork to program at once; each takes a descriptor.
my $starting_max = 32;

# By pids: what was begun as what, and the pipes of those whose program may not run yet.
my ( %id_of, %starting );

serve();

# One that is only just forked has no group of its own.
kill 'KILL', map { ( $_, -$_ ) } keys %id_of;

sub serve {
    my $heard = '';
    say_line('ready');
    while (1) {
        my $is_full = keys %starting >= $starting_max;
        my $ears    = '';
        vec( $ears, $_, 1 ) = 1
          for map { fileno $_ } $wake_reader, values %starting, $is_full ? () : \*STDIN;
        my $found = select my $ready = $ears, undef, undef, undef;
        next if $found < 0;
        settle($_) for grep { vec $ready, fileno $starting{$_}, 1 } keys %starting;
        if ( vec $ready, fileno $wake_reader, 1 ) {
            sysread $wake_reader, my $dots, 4096;
            collect();
        }
        if ( vec $ready, fileno STDIN, 1 ) {
            my $count = sysread STDIN, $heard, 1 << 16, length $heard;
            next if !defined $count && $!{EINTR};
            return unless $count;
        }
        while ( length $heard >= 4 && keys %starting < $starting_max ) {
            my $size = unpack 'N', $heard;
            last if length $heard < 4 + $size;
            begin( substr $heard, 4, $size );
            substr( $heard, 0, 4 + $size ) = '';
        }
    }
}

# An order: its id, the working directory, the sandbox, the ids of the user and its group, the
# program, the number of arguments, the arguments, and the environment.
sub begin {
    my ( $id, $directory, $sandbox, $user, $program, $count, @rest ) = split /\0/, $_[0], -1;
    my @arguments = splice @rest, 0, $count;
    pipe( my $reader, my $writer ) or return refuse( $id, $! );
    my $pid = fork;
    return refuse( $id, $! ) unless defined $pid;
    if ( $pid == 0 ) {
        become( $directory, $sandbox, $user, \@rest, $program, @arguments );
        syswrite $writer, pack 'N', $! + 0;
        POSIX::_exit(127);
    }
    close $writer;
    $id_of{$pid}    = $id;
    $starting{$pid} = $reader;
}

# Its pipe is closed without a word as soon as the program runs.
sub settle {
    my ($pid) = @_;
    my $reader = delete $starting{$pid};
    my ( $problem, $read ) = ('');
    do { $read = sysread $reader, $problem, 4 } until defined $read || !$!{EINTR};
    return say_line("began $id_of{$pid} $pid") unless $read;
    waitpid $pid, 0;
    refuse( delete $id_of{$pid}, $! = unpack 'N', $problem );
}

# Returns only when that fails.
sub become {
    my ( $directory, $sandbox, $user, $environment, $program, @arguments ) = @_;
    POSIX::setsid();
    my $append = Fcntl::O_WRONLY | Fcntl::O_APPEND | Fcntl::O_CREAT | Fcntl::O_NOFOLLOW;
    redirect( 0, '/dev/null', Fcntl::O_RDONLY ) or return;
    redirect( 1, "$sandbox/stdout", $append )   or return;
    redirect( 2, "$sandbox/stderr", $append )   or return;
    chdir $directory                            or return;
    switch_to( split / /, $user )               or return if length $user;
    %ENV = map { split /=/, $_, 2 } @$environment;
    no warnings 'exec';
    exec {$program} $program, @arguments;
}

# It leaves all groups but that of the user, as what Node starts does.
sub switch_to {
    my ( $uid, $gid ) = @_;
    $! = 0;
    $) = "$gid $gid";
    return if $!;
    POSIX::setgid($gid) or return;
    POSIX::setuid($uid) or return;
    return 1 if $< == $uid && $> == $uid;
    $! = Errno::EPERM;
    return;
}

sub redirect {
    my ( $descriptor, $path, $flags ) = @_;
    my $file = POSIX::open( $path, $flags, 0666 );
    return unless defined $file;
    POSIX::dup2( $file, $descriptor );
    POSIX::close($file);
}

sub collect {
    while ( ( my $pid = waitpid -1, POSIX::WNOHANG ) > 0 ) {
        my $status = $?;
        settle($pid) if exists $starting{$pid};
        next unless exists $id_of{$pid};
        # What stays in its group must not outlive it; nobody else can have its id before this.
        kill 'KILL', -$pid;
        my $id = delete $id_of{$pid};
        say_line( join ' ', 'ended', $id, $status & 127, $status >> 8 );
    }
}

sub refuse {
    my ( $id, $error ) = @_;
    local $! = $error;
    my ($code) = grep { $!{$_} } keys %!;
    say_line( join ' ', 'refused', $id, $code // 'UNKNOWN' );
}

sub say_line {
    my $line = "$_[0]\n";
    while ( length $line ) {
        my $written = syswrite STDOUT, $line;
        if    ( defined $written ) { substr( $line, 0, $written ) = '' }
        elsif ( !$!{EINTR} )       { return }
    }
}
